package io.modeldb.spark.capture;

import java.lang.ref.WeakReference;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import scala.Option;

/**
 * Marks the jobs that are started inside an operation, by a local property of the SparkContext:
 * Spark hands these to the threads that it works with, and to the events of jobs and stages.
 *
 * <p>The innermost operation's mark counts. Whatever fails, the jobs are just not marked.
 */
final class JobMark {
  static final String KEY = "spark.modeldb.operation";

  private volatile WeakReference<SparkContext> context = new WeakReference<>(null);

  /** Marks what this thread starts from now on. */
  void set(Operation operation) {
    try {
      SparkContext spark = context();
      if (spark != null) {
        operation.outerMark = spark.getLocalProperty(KEY);
        spark.setLocalProperty(KEY, Long.toString(operation.id));
        operation.marked = true;
      }
    } catch (Throwable t) {
      // Its work is not counted, then.
    }
  }

  /** Puts back what was there before, on the same thread. */
  void restore(Operation operation) {
    if (!operation.marked) {
      return;
    }
    operation.marked = false;
    try {
      SparkContext spark = context();
      if (spark != null) {
        spark.setLocalProperty(KEY, operation.outerMark);
      }
    } catch (Throwable t) {
      // The mark of an operation that has ended counts for nothing.
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
