package io.modeldb.spark.sampling;

import java.util.function.LongSupplier;

/**
 * How much time cheap samples of one run may take: a few seconds, and a small share of the run's
 * time. A sample counts as long as those before it took on average, so that one large sample is not
 * followed by another that is as large.
 */
final class Budget {
  /** What samples of a short program may take. */
  static final long GRACE_NANOS = 3_000_000_000L;

  /** One part of so many of the run's time. */
  static final int SHARE = 50;

  private final LongSupplier clock;
  private final long began;
  private long spent;
  private int samples;

  /**
   * @param clock tells nanoseconds
   */
  Budget(LongSupplier clock) {
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
    return spent + next > GRACE_NANOS + (clock.getAsLong() - began) / SHARE;
  }
}
