package io.modeldb.spark.delivery;

import java.net.URL;
import java.nio.file.Path;

/** Where to deliver, and where undelivered batches rest. */
public final class DeliverySettings {
  final URL agent;
  final Path spoolDir;
  final boolean spoolDirIsDefault;
  final long spoolMax;
  int connectMillis = 1000;
  int readMillis = 3000;

  public DeliverySettings(URL agent, Path spoolDir, boolean spoolDirIsDefault, long spoolMax) {
    this.agent = agent;
    this.spoolDir = spoolDir;
    this.spoolDirIsDefault = spoolDirIsDefault;
    this.spoolMax = spoolMax;
  }

  /** Whether batches for the one may go to the other: then a producer can stay the same. */
  public boolean sameTarget(DeliverySettings other) {
    return agent.toString().equals(other.agent.toString()) && spoolDir.equals(other.spoolDir);
  }

  SpoolDirectory spoolDirectory() {
    return new SpoolDirectory(spoolDir, spoolDirIsDefault, spoolMax);
  }
}
