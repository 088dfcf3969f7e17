package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.WorkDone;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SparkWorkTest {
  private static final long SETTLED = SparkWork.SETTLE_MILLIS + 1;

  private final List<Event> events = new ArrayList<>();
  private final Run run =
      new Run(
          "run-1",
          pending -> {
            pending.build(Long.MAX_VALUE, events::add);
            return true;
          });
  private final SparkWork work = run.work();

  @Test
  void jobsStagesAndTasksAreCountedUnderTheirMark() {
    work.operationBegan(1);
    work.operationBegan(2);
    work.jobStarted(10, "1", 0);
    work.stageSubmitted(20, "1");
    work.stageSubmitted(20, "1");
    work.stageSubmitted(21, "1");
    work.taskEnded(20, false, 5, 100, 1, 7);
    work.taskEnded(21, true, 6, 200, 2, 8);
    work.jobEnded(10, 1);
    work.jobStarted(11, "2", 2);
    work.stageSubmitted(22, "2");
    work.taskEnded(22, false, 1, 1, 1, 1);
    work.jobEnded(11, 3);
    work.operationEnded(2, 4);
    work.operationEnded(1, 4);
    work.settle(4 + SETTLED);
    WorkDone inner = events.get(0).getWorkDone();
    assertEquals(2, inner.getOperation());
    assertEquals(1, inner.getTasks());
    WorkDone outer = events.get(1).getWorkDone();
    assertEquals(1, outer.getJobs());
    assertEquals(2, outer.getStages());
    assertEquals(2, outer.getTasks());
    assertEquals(1, outer.getFailedTasks());
    assertEquals(11, outer.getExecutorMs());
    assertEquals(300, outer.getBytesRead());
    assertEquals(3, outer.getBytesWritten());
    assertEquals(15, outer.getShuffleBytes());
    assertEquals(2, events.size());
  }

  @Test
  void whatRunsNoJobIsNotTold() {
    work.operationBegan(1);
    work.operationEnded(1, 0);
    work.settle(SETTLED);
    run.end();
    assertEquals(1, events.size());
    assertTrue(events.get(0).hasRunEnded());
  }

  @Test
  void itIsToldWhenEventsAreWellPastTheEndAndItsJobsAreOver() {
    work.operationBegan(1);
    work.operationBegan(2);
    work.jobStarted(1, "1", 0);
    work.operationEnded(1, 10);
    work.jobStarted(2, "2", 10 + SETTLED);
    assertEquals(0, events.size(), "its job runs");
    work.jobEnded(2, 11 + SETTLED);
    work.operationEnded(2, 11 + SETTLED);
    work.settle(12 + 2 * SETTLED);
    assertEquals(2, events.get(0).getWorkDone().getOperation(), "others do not wait for it");
    work.jobEnded(1, 12 + 2 * SETTLED);
    assertEquals(1, events.get(1).getWorkDone().getOperation());
    assertEquals(2, events.size());
  }

  @Test
  void aMarkThatOutlivedItsOperationIsNobodys() {
    work.operationBegan(1);
    work.jobStarted(1, "1", 0);
    work.jobEnded(1, 1);
    work.operationEnded(1, 2);
    work.settle(2 + SETTLED);
    work.jobStarted(2, "1", 9999);
    work.jobStarted(3, null, 9999);
    work.jobStarted(4, "somebody else's", 9999);
    work.stageSubmitted(5, "1");
    work.taskEnded(5, false, 1, 1, 1, 1);
    run.end();
    assertEquals(2, events.size());
    assertEquals(1, events.get(0).getWorkDone().getJobs());
  }

  @Test
  void theEndOfTheRunTellsAllThatIsOpen() {
    work.operationBegan(1);
    work.operationBegan(2);
    work.jobStarted(1, "2", 0);
    work.jobStarted(2, "1", 0);
    run.end();
    assertEquals(1, events.get(0).getWorkDone().getOperation());
    assertEquals(2, events.get(1).getWorkDone().getOperation());
    assertTrue(events.get(2).hasRunEnded());
  }

  @Test
  void whereNobodyListensItForgetsTheOldest() {
    for (long i = 1; i <= 3L * SparkWork.MAX_OPERATIONS; i++) {
      work.operationBegan(i);
      work.operationEnded(i, i);
    }
    assertTrue(run.counts().all().isEmpty(), "nothing was lost: there was nothing");
    SparkWork open = new SparkWork(run);
    for (long i = 0; i < SparkWork.MAX_OPERATIONS + 3; i++) {
      open.operationBegan(i);
    }
    assertEquals(3L, run.counts().all().get("work_not_counted"));
  }
}
