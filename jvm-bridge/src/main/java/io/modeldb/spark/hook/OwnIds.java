package io.modeldb.spark.hook;

import java.lang.instrument.Instrumentation;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers of their own for what threads of ours make in Spark, so that the user's RDDs and
 * expressions have those that they would have without us.
 *
 * <p>An RDD's number decides what Spark's range partitioner takes as its sample, and so where a
 * sorted RDD is cut: with other numbers a program's area under the ROC curve differs in the seventh
 * digit. The numbers of expressions show in {@code explain()}.
 */
public final class OwnIds {
  private static final AtomicInteger INTEGERS = new AtomicInteger(1 << 30);
  private static final AtomicLong LONGS = new AtomicLong(1L << 40);
  private static final ThreadLocal<Boolean> OWN = new ThreadLocal<>();
  private static final Set<String> COVERED = ConcurrentHashMap.newKeySet();

  private static volatile Instrumentation instrumentation;

  private OwnIds() {}

  /** By whose means classes can be advised that were loaded before. */
  public static void installed(Instrumentation by) {
    instrumentation = by;
  }

  /** From now on what this thread makes has numbers of its own. */
  public static void begin() {
    OWN.set(true);
  }

  /** A class is advised. */
  static void covered(String owner) {
    COVERED.add(owner);
  }

  /**
   * Sees to it that a class asks here for numbers: it was left alone when the hooks came, perhaps,
   * because its code ran at that moment.
   *
   * @return whether it seems to do so
   */
  public static boolean cover(Class<?> counting) {
    String owner = counting.getName().replace('.', '/');
    Instrumentation by = instrumentation;
    try {
      if (!COVERED.contains(owner) && by != null && by.isModifiableClass(counting)) {
        by.retransformClasses(counting);
      }
      return COVERED.contains(owner);
    } catch (Throwable t) {
      Hook.countError();
      return false;
    }
  }

  /** Whether the number of an RDD is one of ours. */
  public static boolean isOwn(int id) {
    return id >= 1 << 30;
  }

  /** Whether the number of an expression is one of ours. */
  public static boolean isOwn(long id) {
    return id >= 1L << 40;
  }

  static int next(AtomicInteger counter) {
    return (OWN.get() == null ? counter : INTEGERS).getAndIncrement();
  }

  static long next(AtomicLong counter) {
    return (OWN.get() == null ? counter : LONGS).getAndIncrement();
  }
}
