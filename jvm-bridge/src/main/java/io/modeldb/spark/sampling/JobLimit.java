package io.modeldb.spark.sampling;

import java.util.Properties;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;

/**
 * Runs what may start Spark jobs in a job group of its own, which is cancelled when its time is
 * over, when it has to give way to the user's jobs, or when it is called off.
 */
final class JobLimit {
  /** Of every job of ours: by it they are told from the user's. */
  static final String GROUP = "modeldb-sampling";

  /** How often it is looked, and cancelled again: a job may start just after the group was. */
  private static final long TICK_MILLIS = 100;

  private final RunningJobs running;
  private Timer timer;
  private volatile SparkContext current;
  private volatile boolean calledOff;

  /** Its jobs were cancelled. */
  abstract static class StoppedException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Its time was over. */
  static final class TimeoutException extends StoppedException {
    private static final long serialVersionUID = 1L;
  }

  /** A job of the user's was there. */
  static final class GaveWayException extends StoppedException {
    private static final long serialVersionUID = 1L;
  }

  /** Cancels the jobs of one run when it has to. */
  private final class Watch extends TimerTask {
    private final SparkContext spark;
    private final long deadline;
    private final boolean givesWay;
    private volatile boolean late;
    private volatile boolean gaveWay;

    Watch(SparkContext spark, long deadline, boolean givesWay) {
      this.spark = spark;
      this.deadline = deadline;
      this.givesWay = givesWay;
    }

    @Override
    public void run() {
      late |= !gaveWay && System.nanoTime() - deadline >= 0;
      gaveWay |= !late && givesWay && running.sampleMustGiveWay();
      if (late || gaveWay) {
        cancelJobs(spark);
      }
    }
  }

  JobLimit(RunningJobs running) {
    this.running = running;
  }

  /**
   * Begins a turn: jobs for one sample, one after the other, which together have so much time.
   *
   * @param givesWay to the user's jobs, after some time
   * @param estimate what its tasks are believed to take, in nanoseconds
   */
  Turn turn(SparkContext spark, String description, long nanos, boolean givesWay, long estimate) {
    running.sampleBegins(estimate);
    return new Turn(spark, description, System.nanoTime() + nanos, givesWay);
  }

  /** What runs jobs for one sample. */
  final class Turn {
    private final SparkContext spark;
    private final String description;
    private final long deadline;
    private final boolean givesWay;

    private Turn(SparkContext spark, String description, long deadline, boolean givesWay) {
      this.spark = spark;
      this.description = description;
      this.deadline = deadline;
      this.givesWay = givesWay;
    }

    SparkContext spark() {
      return spark;
    }

    /** Runs it on this thread. */
    <T> T run(Callable<T> jobs) throws Exception {
      if (timer == null) {
        timer = new Timer("modeldb-sampling-limit", true);
      }
      // What this thread inherited from the one that made it belongs to the user's jobs.
      spark.setLocalProperties(new Properties());
      spark.setJobGroup(GROUP, description, false);
      Watch watch = new Watch(spark, deadline, givesWay);
      current = spark;
      try {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        timer.schedule(watch, Math.max(0, Math.min(TICK_MILLIS, left)), TICK_MILLIS);
        if (calledOff) {
          throw new InterruptedException();
        }
        T result = jobs.call();
        if (watch.late) {
          throw new TimeoutException();
        }
        return result;
      } catch (Throwable t) {
        if (watch.late) {
          throw new TimeoutException();
        }
        if (watch.gaveWay) {
          throw new GaveWayException();
        }
        throw t;
      } finally {
        current = null;
        watch.cancel();
        timer.purge();
        spark.setLocalProperties(new Properties());
      }
    }
  }

  /** Cancels what runs, and lets nothing run from now on. Does not wait. */
  void callOff() {
    calledOff = true;
    SparkContext spark = current;
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
