package io.modeldb.spark.capture;

import java.util.Properties;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Reads what {@link SparkWork} counts off Spark's events. Uses no method whose descriptor names a
 * Scala collection: those differ between Scala 2.12 and 2.13.
 */
public final class WorkEvents {
  /** What a heartbeat may be late by: its event has no time of its own. */
  private static final long MAX_LAG_MILLIS = 10_000;

  /** Job groups of what the bridge runs itself, such as sampling. */
  private static final String OWN_GROUPS = "modeldb";

  private WorkEvents() {}

  /** Takes an event; says whether it was one of these. */
  public static boolean take(SparkWork work, Object event) {
    if (event instanceof SparkListenerTaskEnd) {
      taskEnded(work, (SparkListenerTaskEnd) event);
    } else if (event instanceof SparkListenerStageSubmitted) {
      SparkListenerStageSubmitted stage = (SparkListenerStageSubmitted) event;
      work.stageSubmitted(stage.stageInfo().stageId(), mark(stage.properties()));
    } else if (event instanceof SparkListenerJobStart) {
      SparkListenerJobStart job = (SparkListenerJobStart) event;
      work.jobStarted(job.jobId(), mark(job.properties()), job.time());
    } else if (event instanceof SparkListenerJobEnd) {
      SparkListenerJobEnd job = (SparkListenerJobEnd) event;
      work.jobEnded(job.jobId(), job.time());
    } else if (event instanceof SparkListenerExecutorMetricsUpdate) {
      work.settle(System.currentTimeMillis() - MAX_LAG_MILLIS);
    } else {
      return false;
    }
    return true;
  }

  private static void taskEnded(SparkWork work, SparkListenerTaskEnd task) {
    boolean failed = task.taskInfo() != null && task.taskInfo().failed();
    TaskMetrics metrics = task.taskMetrics();
    if (metrics == null) {
      work.taskEnded(task.stageId(), failed, 0, 0, 0, 0);
      return;
    }
    work.taskEnded(
        task.stageId(),
        failed,
        metrics.executorRunTime(),
        metrics.inputMetrics().bytesRead(),
        metrics.outputMetrics().bytesWritten(),
        metrics.shuffleWriteMetrics().bytesWritten());
  }

  static String mark(Properties properties) {
    // A thread of the bridge's may have been made inside an operation.
    boolean unmarked = properties == null || isOwn(properties);
    return unmarked ? null : properties.getProperty(JobMark.KEY);
  }

  /** Whether the bridge itself started it. */
  public static boolean isOwn(Properties properties) {
    String group = properties == null ? null : properties.getProperty("spark.jobGroup.id");
    return group != null && group.startsWith(OWN_GROUPS);
  }
}
