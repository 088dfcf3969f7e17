package io.modeldb.spark.capture.plan;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * Whether there is time left to look at a plan. A driver whose cores are all busy hardly lets our
 * thread run: then a deadline is over before anything was done. So past the deadline there is a
 * little time left, as this thread's own.
 */
public final class TimeLimit {
  private static final long OWN = TimeUnit.MILLISECONDS.toNanos(150);
  private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(1500);

  private final long deadline;
  private long ownEnd = -1;
  private boolean over;

  /**
   * @param deadlineNanos by {@link System#nanoTime()}
   */
  public TimeLimit(long deadlineNanos) {
    this.deadline = deadlineNanos;
  }

  public boolean isOver() {
    long late = System.nanoTime() - deadline;
    if (!over && late > 0) {
      over = late > LONGEST || ownIsOver();
    }
    return over;
  }

  private boolean ownIsOver() {
    try {
      long own = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      if (ownEnd < 0) {
        ownEnd = own + OWN;
      }
      return own < 0 || own > ownEnd;
    } catch (RuntimeException | LinkageError e) {
      return true; // this JVM does not count it
    }
  }
}
