package io.modeldb.spark.sampling;

import java.util.List;
import scala.reflect.ClassTag;

/** Looks like a Scala collection. */
public final class FakeItems {
  private final List<?> items;

  public FakeItems(List<?> items) {
    this.items = items;
  }

  public Object toArray(ClassTag<?> tag) {
    return items.toArray();
  }
}
