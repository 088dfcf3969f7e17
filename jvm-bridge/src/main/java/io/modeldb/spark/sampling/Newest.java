package io.modeldb.spark.sampling;

import java.util.LinkedHashMap;
import java.util.Map;

/** Forgets what was put in first when it holds more than so many. */
final class Newest<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int limit;

  Newest(int limit) {
    this.limit = limit;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > limit;
  }
}
