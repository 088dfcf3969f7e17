package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modeldb.spark.capture.Plans;
import java.util.Arrays;
import org.apache.spark.sql.FakeColumn;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

class RowStepsTest {
  private static final FakeColumn ID = new FakeColumn("id", 1, DataTypes.LongType);
  private static final FakeColumn AGE = new FakeColumn("age", 2, DataTypes.LongType);

  private final Object root = new FakePlan.LogicalRelation(1, "csv", ID, AGE);

  @Test
  void otherRowsTakeTheWayOfThoseBelow() {
    FakeColumn encoded = new FakeColumn("encoded", 3, DataTypes.LongType, AGE);
    FakePlan lower = new FakePlan.Project(root, ID, encoded);
    RowSteps steps = of(new FakePlan.Project(new FakePlan.Filter(lower, ID), encoded));
    assertSame(root, steps.below());
    Object other = new FakePlan.LogicalRelation(2, "kept", ID, AGE);
    Object top = steps.over(other);
    assertEquals(Arrays.asList(encoded), columns(top));
    Object filter = Plans.children(top).get(0);
    Object project = Plans.children(filter).get(0);
    assertEquals(Arrays.asList(ID, encoded), columns(project));
    assertSame(other, Plans.children(project).get(0));
  }

  @Test
  void thePlanBelowMayBeTheWhole() {
    RowSteps steps = of(root);
    assertSame(root, steps.below());
    Object other = new FakePlan.Range(1);
    assertSame(other, steps.over(other));
  }

  @Test
  void rowsThatDependOnOthersStay() {
    assertNull(of(new FakePlan.Project(new FakePlan.Sample(root), ID)));
    assertNull(of(new FakePlan.Project(root, ID, new FakeColumn.Uuid("other", 3))));
    FakeColumn users = new FakeColumn.ScalaUDF("features", 3);
    assertNull(of(new FakePlan.Project(root, ID, users)), "a function of the user's");
    assertNull(of(new FakePlan(Arrays.asList(ID), root)), "nobody knows what it is");
    assertNull(of(new FakePlan.Project(new FakePlan.Range(1), ID)), "it is not there");
    assertNull(of(null));
  }

  @Test
  void aColumnOfTheSameNameMayBeAnother() {
    FakeColumn older = new FakeColumn("age", 4, DataTypes.LongType, AGE);
    RowSteps steps = of(new FakePlan.Project(root, ID, older));
    assertTrue(steps.keep(Arrays.asList("id")));
    assertFalse(steps.keep(Arrays.asList("id", "age")));
    assertFalse(of(new FakePlan.Project(root, AGE)).keep(Arrays.asList("id")));
  }

  private RowSteps of(Object plan) {
    return RowSteps.of(plan, node -> node == root);
  }

  private static Object columns(Object plan) {
    return Plans.list(((FakePlan) plan).output());
  }
}
