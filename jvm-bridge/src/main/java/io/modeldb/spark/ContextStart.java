package io.modeldb.spark;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import scala.Tuple2;

/** Takes up a SparkContext whose constructor has just ended. */
final class ContextStart {
  private ContextStart() {}

  static void of(Object context) {
    SparkContext spark = (SparkContext) context;
    RunDescription.Application app = new RunDescription.Application();
    app.id = spark.applicationId();
    app.name = spark.appName();
    app.user = spark.sparkUser();
    app.sparkVersion = spark.version();
    SparkConf conf = spark.getConf();
    app.conf = entries(conf);
    Bridge.INSTANCE.applicationStarted(app);
    // For Spark's work, the application's end, and MLEvents where those are asked for.
    ListenerQueue.add(spark);
  }

  static Map<String, String> entries(SparkConf conf) {
    Map<String, String> out = new TreeMap<>();
    for (Tuple2<String, String> entry : conf.getAll()) {
      out.put(entry._1(), entry._2());
    }
    return out;
  }
}
