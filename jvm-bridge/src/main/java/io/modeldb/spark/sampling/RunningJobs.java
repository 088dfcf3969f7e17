package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.WorkEvents;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Which jobs run, as Spark's events tell it: the user's, and that of a sample.
 *
 * <p>Spark gives its slots to jobs in their order, unless told otherwise: a job of the user's that
 * comes after a sample's gets none until the sample is done.
 */
final class RunningJobs {
  /**
   * What a sample may run for whatever comes, if it is not believed to take longer: so that small
   * ones are taken in a busy program.
   */
  static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier clock;
  private final LongConsumer work;
  private final Set<Integer> users = new HashSet<>();

  /** Of these the user's, that the status did not have when it was last looked at. */
  private final Set<Integer> missing = new HashSet<>();

  private final Set<Integer> sampleStages = new HashSet<>();
  private long quietSince;
  private long allowedNanos = FIRST_NANOS;
  private boolean sampleRuns;
  private long sampleSince;

  /**
   * @param clock tells nanoseconds
   * @param work is told what each of a sample's tasks took of a processor, in nanoseconds
   */
  RunningJobs(LongSupplier clock, LongConsumer work) {
    this.clock = clock;
    this.work = work;
    this.quietSince = clock.getAsLong();
  }

  /** Takes an event; says whether the user's last job has ended. */
  synchronized boolean on(Object event) {
    if (event instanceof SparkListenerTaskStart) {
      // Waiting for slots holds up nobody: what counts begins with the first task.
      if (!sampleRuns && sampleStages.contains(((SparkListenerTaskStart) event).stageId())) {
        sampleRuns = true;
        sampleSince = clock.getAsLong();
      }
    } else if (event instanceof SparkListenerTaskEnd) {
      SparkListenerTaskEnd task = (SparkListenerTaskEnd) event;
      if (sampleStages.contains(task.stageId()) && task.taskMetrics() != null) {
        work.accept(work(task.taskMetrics()));
      }
    } else if (event instanceof SparkListenerStageSubmitted) {
      SparkListenerStageSubmitted stage = (SparkListenerStageSubmitted) event;
      if (WorkEvents.isOwn(stage.properties())) {
        sampleStages.add(stage.stageInfo().stageId());
      }
    } else if (event instanceof SparkListenerJobStart) {
      SparkListenerJobStart job = (SparkListenerJobStart) event;
      if (!WorkEvents.isOwn(job.properties())) {
        users.add(job.jobId());
      }
    } else if (event instanceof SparkListenerJobEnd) {
      return users.remove(((SparkListenerJobEnd) event).jobId()) && isQuietNow();
    }
    return false;
  }

  /** Of a task that was cancelled Spark tells only how long it ran. */
  private static long work(TaskMetrics task) {
    long work = task.executorCpuTime() + task.executorDeserializeCpuTime();
    return work > 0 ? work : TimeUnit.MILLISECONDS.toNanos(task.executorRunTime());
  }

  /** Takes it that nobody runs when that is so; says whether it is. */
  private boolean isQuietNow() {
    if (!users.isEmpty()) {
      return false;
    }
    quietSince = clock.getAsLong();
    return true;
  }

  /** Whether there is any of the user's, as far as events told. */
  synchronized boolean areThere() {
    return !users.isEmpty();
  }

  /**
   * Spark drops events when it has too many. A job whose end was dropped is forgotten, when it was
   * not active at two looks.
   *
   * @param active the jobs that Spark's status has now, which may lag behind
   */
  synchronized void look(Set<Integer> active) {
    Set<Integer> gone = new HashSet<>(users);
    gone.removeAll(active);
    missing.retainAll(gone);
    if (users.removeAll(missing)) {
      isQuietNow();
    }
    missing.clear();
    missing.addAll(gone);
  }

  /**
   * Another sample begins.
   *
   * @param nanos what it is believed to take: twice as much is allowed
   */
  synchronized void sampleBegins(long nanos) {
    sampleStages.clear();
    sampleRuns = false;
    allowedNanos = Math.max(FIRST_NANOS, 2 * nanos);
  }

  /** Whether the sample has had its time and a job of the user's is there. */
  synchronized boolean sampleMustGiveWay() {
    return sampleRuns && !users.isEmpty() && clock.getAsLong() - sampleSince >= allowedNanos;
  }

  /** Whether no job of the user's has run for so long. */
  synchronized boolean quietFor(long nanos) {
    return users.isEmpty() && clock.getAsLong() - quietSince >= nanos;
  }
}
