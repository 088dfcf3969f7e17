package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BudgetTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long GRACE = 3 * SECOND;

  private long now = -5;
  private final Budget budget = new Budget(GRACE, () -> now);

  @Test
  void theFirstSecondsAreFreeAndThenThereIsAShare() {
    assertTrue(budget.allows(GRACE));
    assertFalse(budget.allows(GRACE + 1));
    budget.planned(SECOND);
    budget.taskEnded(SECOND);
    assertTrue(budget.allows(SECOND));
    assertFalse(budget.allows(SECOND + 1));
    now += SECOND * Budget.SHARE - 1;
    assertFalse(budget.allows(2 * SECOND));
    now += 1;
    assertTrue(budget.allows(2 * SECOND));
    assertFalse(budget.allows(2 * SECOND + 1));
  }

  @Test
  void whatAScanTakesIsLearnt() {
    assertEquals(0, budget.estimate(0));
    assertEquals(SECOND, budget.estimate(Budget.FIRST_BYTES));
    budget.scanned(3 * Budget.FIRST_BYTES);
    budget.taskEnded(7 * SECOND);
    assertEquals(2 * SECOND, budget.estimate(Budget.FIRST_BYTES));
    assertEquals(4 * SECOND, budget.estimate(2 * Budget.FIRST_BYTES));
  }
}
