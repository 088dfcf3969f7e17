package io.modeldb.spark;

/**
 * Lines for the user, on standard error: standard output is the job's, and a logging library might
 * be configured, or broken, in any way.
 */
final class Warnings {
  private Warnings() {}

  static void warn(String line) {
    try {
      System.err.println("WARN ModelDB: " + line);
    } catch (Throwable t) {
      // Nobody can be told.
    }
  }
}
