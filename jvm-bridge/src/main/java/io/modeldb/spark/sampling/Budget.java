package io.modeldb.spark.sampling;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How much processor time cheap samples of one run may take: a grace, and a small share of the
 * run's time. Processor time, because a sample that waits for a slot costs the program nothing, and
 * because it is the same on a busy machine.
 */
final class Budget {
  /** One part of so many of the run's time. */
  static final int SHARE = 40;

  /** Scans are believed to take a second for so many bytes of files, until some were measured. */
  static final long FIRST_BYTES = 32L << 20;

  private final long graceNanos;
  private final LongSupplier clock;
  private final long began;
  private long spent;
  private long scannedBytes = FIRST_BYTES;
  private long taskNanos = TimeUnit.SECONDS.toNanos(1);

  /**
   * @param graceNanos what samples of a short program may take
   * @param clock tells nanoseconds
   */
  Budget(long graceNanos, LongSupplier clock) {
    this.graceNanos = graceNanos;
    this.clock = clock;
    this.began = clock.getAsLong();
  }

  /** So much was planned on the driver's thread. */
  synchronized void planned(long nanos) {
    spent += nanos;
  }

  /** A task took so long. */
  synchronized void taskEnded(long nanos) {
    spent += nanos;
    taskNanos += nanos;
  }

  /** A sample has read so many bytes of files. */
  synchronized void scanned(long bytes) {
    scannedBytes += bytes;
  }

  /** What tasks take that read so many bytes of files, in nanoseconds. */
  synchronized long estimate(long bytes) {
    return (long) ((double) taskNanos / scannedBytes * bytes);
  }

  /** Whether a sample may be taken now that takes so many nanoseconds. */
  synchronized boolean allows(long nanos) {
    return spent + nanos <= graceNanos + (clock.getAsLong() - began) / SHARE;
  }
}
