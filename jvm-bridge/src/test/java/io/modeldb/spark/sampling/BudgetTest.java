package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BudgetTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long GRACE = 3 * SECOND;

  private long now;
  private final Budget budget = new Budget(GRACE, () -> now);

  @Test
  void theFirstSecondsAreFreeAndThenThereIsAShare() {
    long each = GRACE / 10;
    for (int i = 0; i < 10; i++) {
      assertFalse(budget.isSpent());
      budget.spend(each);
    }
    assertTrue(budget.isSpent());
    now = each * Budget.SHARE;
    assertFalse(budget.isSpent());
    budget.spend(each);
    assertTrue(budget.isSpent());
  }

  @Test
  void oneLargeSampleIsNotFollowedByAnother() {
    assertFalse(budget.isSpent());
    budget.spend(2 * SECOND);
    assertTrue(budget.isSpent());
    now = SECOND * Budget.SHARE;
    assertFalse(budget.isSpent());
  }
}
