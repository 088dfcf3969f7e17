package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.List;

class PlansTest {
  @Test
  void elementsGoIntoAScalaListAndOutOfIt() {
    Object list = Plans.scalaList(new Object[] {"a", null, 1});
    assertTrue(list instanceof List);
    assertEquals(Arrays.asList("a", null, 1), Plans.list(list));
  }
}
