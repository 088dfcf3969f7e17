package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BudgetTest {
  private long now;
  private final Budget budget = new Budget(() -> now);

  @Test
  void theFirstSamplesAreFreeAndThenTheyHaveAShare() {
    for (int i = 0; i < Budget.FREE_SAMPLES; i++) {
      assertFalse(budget.isSpent());
      budget.spend(1000);
    }
    assertTrue(budget.isSpent());
    now = 1000L * Budget.FREE_SAMPLES * Budget.SHARE;
    assertFalse(budget.isSpent());
    budget.spend(1000);
    assertTrue(budget.isSpent());
  }

  @Test
  void largeSamplesAreNotFreeForLong() {
    budget.spend(Budget.FREE_NANOS - 1);
    assertFalse(budget.isSpent());
    budget.spend(1);
    assertTrue(budget.isSpent());
  }
}
