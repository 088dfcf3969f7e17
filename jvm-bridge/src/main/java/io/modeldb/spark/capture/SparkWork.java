package io.modeldb.spark.capture;

import io.modeldb.proto.v1.WorkDone;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the Spark work of each operation: the jobs that were started under its mark (see {@link
 * JobMark}), their stages and tasks.
 *
 * <p>Listeners hear of jobs later than the operation's own thread, so an operation's work is told
 * once events have been seen that happened a while after its end, and no job of it runs any more. A
 * thread that was made inside an operation keeps its mark for ever: what starts under the mark of
 * an operation that was told already is nobody's.
 *
 * <p>Called by the threads of the user and by that of the listener. Nothing is done under the
 * monitor but counting.
 */
public final class SparkWork {
  static final int MAX_OPERATIONS = 5_000;
  static final int MAX_STAGES = 10_000;

  /** How long after an operation's end tasks of it may still end, such as those of a failed job. */
  static final long SETTLE_MILLIS = 1_000;

  private static final long OPEN = Long.MAX_VALUE;

  private static final class Tally {
    final long operation;
    long endedMillis = OPEN;
    int runningJobs;
    long jobs;
    long stages;
    long tasks;
    long failedTasks;
    long executorMillis;
    long bytesRead;
    long bytesWritten;
    long shuffleBytes;

    Tally(long operation) {
      this.operation = operation;
    }

    WorkDone.Builder told() {
      return WorkDone.newBuilder()
          .setOperation(operation)
          .setJobs(jobs)
          .setStages(stages)
          .setTasks(tasks)
          .setFailedTasks(failedTasks)
          .setExecutorMs(executorMillis)
          .setBytesRead(bytesRead)
          .setBytesWritten(bytesWritten)
          .setShuffleBytes(shuffleBytes);
    }
  }

  private final Run run;

  /** Operations that are open, or have ended and not been told. */
  private final Map<Long, Tally> operations = new HashMap<>();

  /** Those of them that have ended, in that order. */
  private final ArrayDeque<Tally> ended = new ArrayDeque<>();

  private final Map<Integer, Tally> runningJobs = new HashMap<>();

  /** Stages stay until newer ones crowd them out: the last of a stage's tasks is not known. */
  private final Map<Integer, Tally> stages =
      new LinkedHashMap<Integer, Tally>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Tally> eldest) {
          return size() > MAX_STAGES;
        }
      };

  private int lastStage = -1;
  private Tally lastStageTally;

  SparkWork(Run run) {
    this.run = run;
  }

  synchronized void operationBegan(long operation) {
    if (operations.size() >= MAX_OPERATIONS && !forgetOldest()) {
      run.counts().add("work_not_counted", 1);
      return;
    }
    operations.put(operation, new Tally(operation));
  }

  synchronized void operationEnded(long operation, long nowMillis) {
    Tally tally = operations.get(operation);
    if (tally != null && tally.endedMillis == OPEN) {
      tally.endedMillis = nowMillis;
      ended.addLast(tally);
    }
  }

  void jobStarted(int job, String mark, long atMillis) {
    synchronized (this) {
      Tally tally = marked(mark);
      if (tally != null && runningJobs.putIfAbsent(job, tally) == null) {
        tally.jobs++;
        tally.runningJobs++;
      }
    }
    settle(atMillis);
  }

  void jobEnded(int job, long atMillis) {
    synchronized (this) {
      Tally tally = runningJobs.remove(job);
      if (tally != null) {
        tally.runningJobs--;
      }
    }
    settle(atMillis);
  }

  synchronized void stageSubmitted(int stage, String mark) {
    Tally tally = marked(mark);
    if (tally != null && stages.put(stage, tally) == null) {
      tally.stages++;
    }
  }

  synchronized void taskEnded(
      int stage, boolean failed, long executorMillis, long read, long written, long shuffled) {
    if (stage != lastStage) {
      lastStageTally = stages.get(stage);
      lastStage = stage;
    }
    Tally tally = lastStageTally;
    if (tally == null) {
      return;
    }
    tally.tasks++;
    tally.failedTasks += failed ? 1 : 0;
    tally.executorMillis += executorMillis;
    tally.bytesRead += read;
    tally.bytesWritten += written;
    tally.shuffleBytes += shuffled;
  }

  /** Events up to this time have been seen: tells the work of what ended well before. */
  void settle(long seenMillis) {
    for (Tally tally : settled(seenMillis)) {
      tell(tally);
    }
  }

  /** The run ends: tells all work that was counted. */
  void endRun() {
    List<Tally> all;
    synchronized (this) {
      all = new ArrayList<>(operations.values());
      operations.clear();
      ended.clear();
      runningJobs.clear();
      stages.clear();
      lastStageTally = null;
    }
    all.sort((a, b) -> Long.compare(a.operation, b.operation));
    for (Tally tally : all) {
      tell(tally);
    }
  }

  private synchronized List<Tally> settled(long seenMillis) {
    List<Tally> out = Collections.emptyList();
    for (int left = ended.size(); left > 0; left--) {
      Tally first = ended.peekFirst();
      if (seenMillis - first.endedMillis <= SETTLE_MILLIS) {
        break;
      }
      ended.removeFirst();
      if (first.runningJobs > 0) {
        ended.addLast(first); // others need not wait for it
        continue;
      }
      operations.remove(first.operation);
      if (first.jobs > 0) {
        if (out.isEmpty()) {
          out = new ArrayList<>();
        }
        out.add(first);
      }
    }
    return out;
  }

  private void tell(Tally tally) {
    if (tally.jobs > 0) {
      run.offer(
          ReadyEvent.optional(
              run.event(Clock.nowMicros()).setWorkDone(tally.told()).build(), run.counts()));
    }
  }

  /** Makes room where nobody listens, so that nothing is ever told. */
  private boolean forgetOldest() {
    Tally oldest = ended.pollFirst();
    if (oldest == null) {
      return false;
    }
    operations.remove(oldest.operation);
    if (oldest.jobs > 0) {
      run.counts().add("work_not_counted", 1);
    }
    return true;
  }

  private Tally marked(String mark) {
    if (mark == null || mark.isEmpty()) {
      return null;
    }
    try {
      return operations.get(Long.valueOf(mark));
    } catch (NumberFormatException e) {
      return null; // somebody else's
    }
  }
}
