package io.modeldb.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

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
    app.client = Client.calling(conf);
    app.conf = ModelDBListener.entries(conf);
    Bridge.INSTANCE.applicationStarted(app);
    // For Spark's work, the application's end, and MLEvents where those are asked for.
    ListenerQueue.add(spark);
  }
}
