package io.modeldb.spark.capture;

import java.lang.ref.WeakReference;
import java.util.Properties;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import scala.Option;

/**
 * Marks the jobs that are started inside an operation, by a local property of the SparkContext:
 * Spark hands these to the threads that it works with, and to the events of jobs and stages.
 *
 * <p>The innermost operation's mark counts. Whatever fails, the jobs are just not marked.
 *
 * <p>The mark is set in a copy of the thread's properties: PySpark gives all threads of a parallel
 * search one and the same object.
 */
final class JobMark {
  static final String KEY = "spark.modeldb.operation";

  private volatile WeakReference<SparkContext> context = new WeakReference<>(null);

  /** Marks what this thread starts from now on. */
  void set(Operation operation) {
    try {
      SparkContext spark = context();
      if (spark != null) {
        Properties before = spark.getLocalProperties();
        Properties marked = (Properties) before.clone();
        marked.setProperty(KEY, Long.toString(operation.id));
        spark.setLocalProperties(marked);
        operation.propertiesBefore = before;
        operation.markedProperties = marked;
        operation.markedAtFirst = (Properties) marked.clone();
      }
    } catch (Throwable t) {
      // Its work is not counted, then.
    }
  }

  /** Puts back what was there before, on the same thread. */
  void restore(Operation operation) {
    Properties before = operation.propertiesBefore;
    Properties marked = operation.markedProperties;
    Properties atFirst = operation.markedAtFirst;
    operation.propertiesBefore = null;
    operation.markedProperties = null;
    operation.markedAtFirst = null;
    if (before == null) {
      return;
    }
    try {
      SparkContext spark = context();
      if (spark != null) {
        Properties now = spark.getLocalProperties();
        if (now == marked && now.equals(atFirst)) {
          spark.setLocalProperties(before);
        } else {
          // What the operation itself has set stays, as it would without us.
          mark(now, before.getProperty(KEY));
        }
      }
    } catch (Throwable t) {
      // The mark of an operation that has ended counts for nothing.
    }
  }

  private static void mark(Properties properties, String mark) {
    if (mark == null) {
      properties.remove(KEY);
    } else {
      properties.setProperty(KEY, mark);
    }
  }

  /** The context that runs, or null. */
  SparkContext context() {
    SparkContext known = context.get();
    if (known == null || known.isStopped()) {
      Option<SparkContext> active = SparkContext$.MODULE$.getActive();
      known = active.isDefined() ? active.get() : null;
      context = new WeakReference<>(known);
    }
    return known;
  }
}
