package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PartOfDataTest {
  @Test
  void partitionsAreSpreadEvenly() {
    assertArrayEquals(new Boolean[] {false, true}, spread(2, 1.5));
    assertArrayEquals(new Boolean[] {false, true, false, true}, spread(4, 2));
    assertArrayEquals(new Boolean[] {true}, spread(1, 8));
    assertArrayEquals(new Boolean[0], spread(0, 8));
    for (int partitions : new int[] {3, 10, 1000}) {
      long read = Arrays.stream(spread(partitions, 3)).filter(each -> each).count();
      assertEquals(partitions / 3, read);
    }
  }

  /** Of files that are so many times as large as what is read of them. */
  private static Boolean[] spread(int partitions, double times) {
    return PartOfData.spread(partitions, (long) (PartOfData.MAX_BYTES * times));
  }
}
