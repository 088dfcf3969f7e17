package io.modeldb.spark.capture;

import java.time.Instant;

/** Wall-clock time as it travels. */
final class Clock {
  private Clock() {}

  static long nowMicros() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }
}
