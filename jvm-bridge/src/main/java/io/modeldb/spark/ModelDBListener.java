package io.modeldb.spark;

import java.lang.reflect.Method;
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
import scala.Option;

/**
 * The entry point for {@code spark.extraListeners}.
 *
 * <p>An error that leaves a listener, a linkage error above all, stops the SparkContext and with it
 * the user's job. So every method catches everything, and the constructor does nothing that could
 * fail.
 */
public final class ModelDBListener extends SparkListener {
  private final SparkConf conf;

  /** Called by Spark. */
  public ModelDBListener(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public void onApplicationStart(SparkListenerApplicationStart start) {
    try {
      RunDescription.Application app = new RunDescription.Application();
      Option<String> id = start.appId();
      app.id = id.isDefined() ? id.get() : "";
      app.name = start.appName();
      app.user = start.sparkUser();
      app.sparkVersion = sparkVersion();
      app.conf = ContextStart.entries(conf);
      Attachment.applicationStarted(app);
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
