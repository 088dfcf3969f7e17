package io.modeldb.spark;

/**
 * Where a program's calls come from. PySpark and Spark Connect run pipelines and searches on the
 * client, so that of these only the parts are seen in this JVM.
 */
final class Client {
  private Client() {}

  /** For the thread that makes the SparkContext. */
  static String calling() {
    for (StackTraceElement frame : Thread.currentThread().getStackTrace()) {
      if (frame.getClassName().startsWith("py4j.")) {
        return "python";
      }
      if (frame.getClassName().startsWith("org.apache.spark.sql.connect.")) {
        return "connect";
      }
    }
    return "jvm";
  }
}
