package io.modeldb.spark.capture;

/** A dataset that has an id; whether the agent has been told of it is the delivery thread's. */
final class KnownDataset {
  final long id;

  /** Guarded by the delivery: events are built one after the other. */
  boolean told;

  /** What the program calls it, or empty. */
  volatile String name = "";

  KnownDataset(long id) {
    this.id = id;
  }
}
