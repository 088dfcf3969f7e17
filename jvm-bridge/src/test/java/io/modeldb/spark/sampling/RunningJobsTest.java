package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.Properties;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.JobSucceeded$;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.StageInfo;
import org.junit.jupiter.api.Test;
import scala.Option;
import scala.collection.Seq;
import scala.collection.immutable.Nil$;

class RunningJobsTest {
  private long now = 5;
  private long worked;
  private final RunningJobs jobs = new RunningJobs(() -> now, nanos -> worked += nanos);

  @Test
  void aSampleGivesWayAfterItsTimeAndNotBefore() {
    jobs.sampleBegins(RunningJobs.FIRST_NANOS / 2);
    start(1, null);
    stage(7, JobLimit.GROUP);
    now += 10 * RunningJobs.FIRST_NANOS;
    assertFalse(jobs.sampleMustGiveWay(), "it has not begun: it waits for slots");
    task(7);
    now += RunningJobs.FIRST_NANOS - 1;
    assertFalse(jobs.sampleMustGiveWay(), "the first second is its own");
    task(7);
    now += 1;
    assertTrue(jobs.sampleMustGiveWay());
    end(1);
    assertFalse(jobs.sampleMustGiveWay(), "nobody is there");
    start(2, "the user's");
    assertTrue(jobs.sampleMustGiveWay());
    jobs.sampleBegins(0);
    assertFalse(jobs.sampleMustGiveWay(), "another sample");
    task(7);
    stage(8, null);
    task(8);
    now += RunningJobs.FIRST_NANOS;
    assertFalse(jobs.sampleMustGiveWay(), "no task is this one's");
  }

  @Test
  void aLargeSampleHasTwiceWhatItIsBelievedToTake() {
    jobs.sampleBegins(5 * RunningJobs.FIRST_NANOS);
    start(1, null);
    stage(7, JobLimit.GROUP);
    task(7);
    now += 10 * RunningJobs.FIRST_NANOS - 1;
    assertFalse(jobs.sampleMustGiveWay());
    now += 1;
    assertTrue(jobs.sampleMustGiveWay());
  }

  @Test
  void theWorkOfItsTasksIsTold() {
    stage(7, JobLimit.GROUP);
    stage(8, null);
    taskEnds(7, 5, 2, 1000);
    assertEquals(7, worked);
    taskEnds(8, 5, 2, 1000);
    assertEquals(7, worked, "that is the user's");
    taskEnds(7, 0, 0, 3);
    assertEquals(3_000_007, worked, "it was cancelled");
    jobs.on(new SparkListenerTaskEnd(7, 0, "", null, null, null, null));
    assertEquals(3_000_007, worked);
  }

  private void taskEnds(int stage, long cpu, long deserialize, long runMillis) {
    TaskMetrics metrics = new TaskMetrics();
    metrics.setExecutorCpuTime(cpu);
    metrics.setExecutorDeserializeCpuTime(deserialize);
    metrics.setExecutorRunTime(runMillis);
    jobs.on(new SparkListenerTaskEnd(stage, 0, "", null, null, null, metrics));
  }

  @Test
  void aJobWhoseEndWasLostIsForgotten() {
    start(1, null);
    start(2, null);
    jobs.look(Collections.singleton(2));
    assertTrue(jobs.areThere());
    jobs.look(Collections.singleton(1));
    jobs.look(Collections.emptySet());
    assertTrue(jobs.areThere(), "the status may lag behind, but not twice");
    jobs.look(Collections.emptySet());
    assertFalse(jobs.areThere());
    assertTrue(jobs.quietFor(0));
    assertFalse(jobs.quietFor(1), "since now");
  }

  @Test
  void quietIsWithoutJobsOfTheUsers() {
    start(1, JobLimit.GROUP);
    now += 10;
    assertTrue(jobs.quietFor(10));
    assertFalse(jobs.quietFor(11));
    start(2, null);
    start(3, null);
    assertFalse(jobs.quietFor(0));
    assertFalse(end(2));
    assertFalse(end(1));
    assertTrue(end(3));
    assertTrue(jobs.quietFor(0));
    assertFalse(jobs.quietFor(1));
    assertFalse(end(9), "it was not known");
  }

  private void start(int job, String group) {
    jobs.on(new SparkListenerJobStart(job, 0, none(), properties(group)));
  }

  private boolean end(int job) {
    return jobs.on(new SparkListenerJobEnd(job, 0, JobSucceeded$.MODULE$));
  }

  private void task(int stage) {
    jobs.on(new SparkListenerTaskStart(stage, 0, null));
  }

  private void stage(int id, String group) {
    Option<Object> shuffle = Option.empty();
    StageInfo stage =
        new StageInfo(id, 0, "", 1, none(), none(), "", null, none(), shuffle, 0, false, 0);
    jobs.on(new SparkListenerStageSubmitted(stage, properties(group)));
  }

  @SuppressWarnings("unchecked")
  private static <T> Seq<T> none() {
    return (Seq<T>) (Seq<?>) Nil$.MODULE$;
  }

  private static Properties properties(String group) {
    Properties properties = new Properties();
    if (group != null) {
      properties.setProperty("spark.jobGroup.id", group);
    }
    return properties;
  }
}
