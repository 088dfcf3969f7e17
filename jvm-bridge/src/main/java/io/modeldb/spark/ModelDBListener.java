package io.modeldb.spark;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.Option;
import scala.Tuple2;

/**
 * The entry point for {@code spark.extraListeners}. Made on the thread that makes the SparkContext.
 *
 * <p>An error that leaves a listener, a linkage error above all, stops the SparkContext and with it
 * the user's job. So every method catches everything.
 *
 * <p>This copy of the class may not be the one of the classes that it calls ({@link SelfAttach}).
 */
public final class ModelDBListener extends SparkListener {
  private final SparkConf conf;
  private String client = "";

  /** Called by Spark. */
  public ModelDBListener(SparkConf conf) {
    this.conf = conf;
    try {
      client = Client.calling(conf);
      SelfAttach.ifWanted(conf.get("spark.modeldb.capture", ""));
    } catch (Throwable t) {
      // The job goes on without hooks.
    }
  }

  @Override
  public void onApplicationStart(SparkListenerApplicationStart start) {
    try {
      Map<String, String> app = new TreeMap<>();
      Option<String> id = start.appId();
      app.put("id", id.isDefined() ? id.get() : "");
      app.put("name", start.appName());
      app.put("user", start.sparkUser());
      app.put("sparkVersion", sparkVersion());
      app.put("client", client);
      app.put("captureNote", SelfAttach.note());
      Attachment.applicationStarted(app, entries(conf));
    } catch (Throwable t) {
      // The job goes on without us.
    }
  }

  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd end) {
    try {
      Attachment.applicationEnded(this);
    } catch (Throwable t) {
      // The job goes on without us.
    }
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    pass(event);
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd event) {
    pass(event);
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted event) {
    pass(event);
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    pass(event);
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    pass(event);
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
    pass(event);
  }

  @Override
  public void onOtherEvent(SparkListenerEvent event) {
    pass(event);
  }

  private void pass(SparkListenerEvent event) {
    try {
      Attachment.event(this, event);
    } catch (Throwable t) {
      // The job goes on without us.
    }
  }

  static Map<String, String> entries(SparkConf conf) {
    Map<String, String> out = new TreeMap<>();
    for (Tuple2<String, String> entry : conf.getAll()) {
      out.put(entry._1(), entry._2());
    }
    return out;
  }

  private static String sparkVersion() {
    try {
      Class<?> spark = Class.forName("org.apache.spark.package$");
      Method version = spark.getMethod("SPARK_VERSION");
      return String.valueOf(version.invoke(spark.getField("MODULE$").get(null)));
    } catch (ReflectiveOperationException | LinkageError e) {
      return "";
    }
  }
}
