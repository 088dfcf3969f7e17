package io.modeldb.spark.capture;

import java.util.Map;
import java.util.TreeMap;

/** How many things of a run were not captured, by reason; totals since its start. */
public final class Counts {
  private static final int MAX_REASONS = 100;

  private final Map<String, Long> totals = new TreeMap<>();
  private boolean changed;

  public synchronized void add(String reason, long n) {
    if (totals.size() < MAX_REASONS || totals.containsKey(reason)) {
      totals.merge(reason, n, Long::sum);
      changed = true;
    }
  }

  /** The totals if they changed since the last call, else null. */
  synchronized Map<String, Long> takeChanged() {
    if (!changed) {
      return null;
    }
    changed = false;
    return new TreeMap<>(totals);
  }

  /** All totals; empty when nothing was missed. */
  synchronized Map<String, Long> all() {
    return new TreeMap<>(totals);
  }
}
