package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.FakeColumn;
import org.apache.spark.sql.OrcFileFormat;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

class WideColumnsTest {
  private static final FakeColumn TEXT = new FakeColumn("text", 1, DataTypes.StringType);
  private static final OrcFileFormat ORC = new OrcFileFormat();

  private final Map<String, Long> bytes = new HashMap<>();

  @Test
  void theWidestAreLeftOutSoThatTheOthersFit() {
    bytes.put("a", 50L);
    bytes.put("b", 50L);
    bytes.put("c", 10L);
    bytes.put("d", Long.MAX_VALUE);
    assertEquals(names("a", "b", "c", "d"), WideColumns.widest(bytes, 9));
    assertEquals(names("a", "b", "d"), WideColumns.widest(bytes, 59));
    assertEquals(names("b", "d"), WideColumns.widest(bytes, 60));
    assertEquals(names("d"), WideColumns.widest(bytes, 110));
  }

  @Test
  void ofOrcIsKnownHowLargeAStripeMayBe() throws IOException {
    FakeColumn number = new FakeColumn("number", 2, DataTypes.DoubleType);
    FileScan small = FileScan.of(new FakePlan.LogicalRelation(1000, ORC, TEXT, number));
    long numbers = 4096 * 9;
    assertEquals(Arrays.asList(TEXT), WideColumns.of(small, null, numbers + 99_999));
    assertEquals(Arrays.asList(), WideColumns.of(small, null, numbers + 100_000));
    assertNull(WideColumns.of(small, null, numbers - 1), "the number alone is too much");
    FileScan large = FileScan.of(new FakePlan.LogicalRelation(1 << 27, ORC, TEXT));
    assertEquals(Arrays.asList(TEXT), WideColumns.of(large, null, 32 << 20));
    assertEquals(Arrays.asList(), WideColumns.of(large, null, 64 << 20));
  }

  @Test
  void whatIsReadRowByRowMayBeWide() throws IOException {
    FileScan text = FileScan.of(new FakePlan.LogicalRelation(1 << 27, "csv", TEXT));
    assertEquals(Arrays.asList(), WideColumns.of(text, null, 1));
  }

  @Test
  void everyTaskHasItsPartOfTheHeap() {
    assertEquals(16 << 20, CheapData.batchLimit(512 << 20, 2));
    assertEquals(4 << 20, CheapData.batchLimit(512 << 20, 8));
  }

  private static Set<String> names(String... names) {
    return new HashSet<>(Arrays.asList(names));
  }
}
