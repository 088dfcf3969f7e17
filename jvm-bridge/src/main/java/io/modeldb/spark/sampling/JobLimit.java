package io.modeldb.spark.sampling;

import java.util.Properties;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;

/**
 * Runs what may start Spark jobs in a job group of its own, which is cancelled when its time is
 * over or when it is called off.
 */
final class JobLimit {
  /** Of every job of ours: by it they are told from the user's. */
  static final String GROUP = "modeldb-sampling";

  /** A job may start just after the group was cancelled. */
  private static final long CANCEL_AGAIN_MILLIS = 100;

  private Timer timer;
  private volatile SparkContext running;
  private volatile boolean calledOff;

  /** Its time was over. */
  static final class TimeoutException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Runs it on this thread. */
  <T> T run(SparkContext spark, String description, long nanos, Callable<T> jobs) throws Exception {
    if (timer == null) {
      timer = new Timer("modeldb-sampling-limit", true);
    }
    // What this thread inherited from the one that made it belongs to the user's jobs.
    spark.setLocalProperties(new Properties());
    spark.setJobGroup(GROUP, description, false);
    boolean[] late = new boolean[1];
    TimerTask cancel =
        new TimerTask() {
          @Override
          public void run() {
            late[0] = true;
            cancelJobs(spark);
          }
        };
    running = spark;
    try {
      timer.schedule(cancel, TimeUnit.NANOSECONDS.toMillis(nanos), CANCEL_AGAIN_MILLIS);
      if (calledOff) {
        throw new InterruptedException();
      }
      T result = jobs.call();
      if (late[0]) {
        throw new TimeoutException();
      }
      return result;
    } catch (Throwable t) {
      if (late[0]) {
        throw new TimeoutException();
      }
      throw t;
    } finally {
      running = null;
      cancel.cancel();
      timer.purge();
      spark.setLocalProperties(new Properties());
    }
  }

  /** Cancels what runs, and lets nothing run from now on. Does not wait. */
  void callOff() {
    calledOff = true;
    SparkContext spark = running;
    if (spark != null) {
      cancelJobs(spark);
    }
  }

  /** Ends the timer; on the thread that runs the jobs. */
  void close() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private static void cancelJobs(SparkContext spark) {
    try {
      spark.cancelJobGroup(GROUP);
    } catch (Throwable t) {
      // The context has ended, and with it its jobs.
    }
  }
}
