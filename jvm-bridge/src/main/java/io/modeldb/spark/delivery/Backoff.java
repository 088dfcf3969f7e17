package io.modeldb.spark.delivery;

import java.util.concurrent.TimeUnit;

/** Waits that double from 0.1 s to 10 s. */
final class Backoff {
  private static final long FIRST = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LAST = TimeUnit.SECONDS.toNanos(10);

  private long next = FIRST;

  long nextNanos() {
    long wait = next;
    next = Math.min(LAST, next * 2);
    return wait;
  }

  void reset() {
    next = FIRST;
  }
}
