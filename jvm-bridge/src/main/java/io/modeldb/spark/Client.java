package io.modeldb.spark;

import org.apache.spark.SparkConf;

/**
 * Where a program's calls come from. PySpark and Spark Connect run pipelines and searches on the
 * client, so that of these only the parts are seen in this JVM.
 */
final class Client {
  private static final String CONNECT = "org.apache.spark.sql.connect.";

  private Client() {}

  /** For the thread that makes the SparkContext. */
  static String calling(SparkConf conf) {
    if (conf.get("spark.plugins", "").contains(CONNECT + "SparkConnectPlugin")) {
      return "connect";
    }
    for (StackTraceElement frame : Thread.currentThread().getStackTrace()) {
      if (frame.getClassName().startsWith("py4j.")) {
        return "python";
      }
      if (frame.getClassName().startsWith(CONNECT)) {
        return "connect";
      }
    }
    return "jvm";
  }
}
