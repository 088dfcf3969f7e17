package io.modeldb.spark.capture.plan;

/** Tells functions apart that no text describes. */
public interface Functions {
  /** What is the same for two expressions of one run only when they call the same function. */
  String nameOf(Object expression);
}
