package io.modeldb.spark.sampling;

import java.util.function.LongSupplier;

/**
 * How much time cheap samples of one run may take: a grace, and a small share of the run's time. A
 * sample counts as long as those before it took on average, so that one large sample is not
 * followed by another that is as large.
 */
final class Budget {
  /** One part of so many of the run's time. */
  static final int SHARE = 50;

  private final long graceNanos;
  private final LongSupplier clock;
  private final long began;
  private long spent;
  private int samples;

  /**
   * @param graceNanos what samples of a short program may take
   * @param clock tells nanoseconds
   */
  Budget(long graceNanos, LongSupplier clock) {
    this.graceNanos = graceNanos;
    this.clock = clock;
    this.began = clock.getAsLong();
  }

  /** A sample was taken, or given up, after so long. */
  void spend(long nanos) {
    samples++;
    spent += nanos;
  }

  /** Whether there is no time for one more. */
  boolean isSpent() {
    long next = samples == 0 ? 0 : spent / samples;
    return spent + next > graceNanos + (clock.getAsLong() - began) / SHARE;
  }
}
