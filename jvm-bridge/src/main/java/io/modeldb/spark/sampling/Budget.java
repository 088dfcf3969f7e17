package io.modeldb.spark.sampling;

import java.util.function.LongSupplier;

/**
 * How much time cheap samples of one run may take: those of a short program are free, then they may
 * take a small share of the run's time. A program that fits ten thousand models does not pay for
 * ten thousand samples.
 */
final class Budget {
  /** Samples that are free, as long as they take no more than {@link #FREE_NANOS} together. */
  static final int FREE_SAMPLES = 100;

  static final long FREE_NANOS = 30_000_000_000L;

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

  boolean isSpent() {
    boolean free = samples < FREE_SAMPLES && spent < FREE_NANOS;
    return !free && spent > (clock.getAsLong() - began) / SHARE;
  }
}
