package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.apache.spark.sql.FakeColumn;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

class CheapPlanTest {
  private static final FakeColumn ID = new FakeColumn("id", 1, DataTypes.LongType);
  private static final FakeColumn BODY = new FakeColumn("body", 2, DataTypes.StringType);
  private static final FakeColumn WORDS = new FakeColumn("words", 3, DataTypes.StringType);

  @Test
  void largeFilesAreNotCheap() {
    CheapPlan small = CheapPlan.of(files(100), 100);
    assertNotNull(small);
    assertEquals(100, small.files().bytes);
    assertNull(CheapPlan.of(files(101), 100));
    assertNull(CheapPlan.of(files(Long.MAX_VALUE), CheapData.MAX_FILE_BYTES));
  }

  @Test
  void longRangesCannotBeCancelled() {
    assertNotNull(CheapPlan.of(new FakePlan.Range(CheapPlan.MAX_RANGE_ROWS), 100));
    assertNull(CheapPlan.of(new FakePlan.Range(CheapPlan.MAX_RANGE_ROWS + 1), 100));
  }

  @Test
  void unknownNodesAreNotCheap() {
    assertNull(CheapPlan.of(new FakePlan(Collections.emptyList(), files(1)), 100));
    assertNull(CheapPlan.of(null, 100));
  }

  @Test
  void columnsAreFollowedFromTheFilesUp() {
    FakeColumn length = new FakeColumn("length", 4, DataTypes.IntegerType, BODY);
    FakeColumn twice = new FakeColumn("twice", 5, DataTypes.IntegerType, ID, length);
    FakePlan.Project lower = new FakePlan.Project(files(1), ID, BODY, WORDS, length);
    FakePlan.Project upper = new FakePlan.Project(lower, ID, BODY, WORDS, twice);
    assertEquals(names("body", "twice"), columnsFrom(upper, BODY));
    assertEquals(names("words"), columnsFrom(upper, WORDS));
    assertEquals(names("words"), columnsFrom(files(1), WORDS));
    FakePlan.Filter filter = new FakePlan.Filter(upper, ID);
    assertNull(columnsFrom(filter, ID), "without it there are no rows");
  }

  private static Set<String> columnsFrom(Object plan, FakeColumn column) {
    return CheapPlan.of(plan, 100).columnsFrom(Collections.singletonList(column));
  }

  private static FakePlan files(long bytes) {
    return new FakePlan.LogicalRelation(bytes, "csv", ID, BODY, WORDS);
  }

  private static Set<String> names(String... names) {
    return new HashSet<>(Arrays.asList(names));
  }
}
