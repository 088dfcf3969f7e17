package io.modeldb.spark;

import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import scala.Option;

/**
 * A queue of our own on Spark's listener bus. The one that other listeners share drops everybody's
 * events when one of them is slow.
 *
 * <p>Spark puts the listeners of {@code spark.extraListeners} into the shared queue, before there
 * is a context that could be asked for another. So such a listener only brings a second one into
 * being, as soon as there is one and before anything of interest has happened.
 */
final class ListenerQueue {
  private static final String NAME = "modeldb";
  private static final long POLL_MILLIS = 5;
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(1);

  private ListenerQueue() {}

  /** Listens to a context, unless a listener of ours has a queue there already. */
  static void add(SparkContext spark) {
    ModelDBListener listener = new ModelDBListener(spark.getConf());
    if (!Bridge.INSTANCE.prefer(listener, spark.applicationId())) {
      return;
    }
    try {
      spark.listenerBus().addToQueue(listener, NAME);
    } catch (Throwable t) {
      // Not for the public in Spark, so it may be another: then the shared one has to do.
      spark.addSparkListener(listener);
    }
  }

  /** Listens to the context of an application as soon as its constructor is done. */
  static void addSoon(String applicationId) {
    Thread thread = new Thread(() -> awaitContext(applicationId), "modeldb-context");
    thread.setDaemon(true);
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    thread.start();
  }

  private static void awaitContext(String applicationId) {
    try {
      long deadline = System.nanoTime() + PATIENCE;
      while (System.nanoTime() - deadline < 0) {
        Option<SparkContext> active = SparkContext$.MODULE$.getActive();
        if (active.isDefined() && applicationId.equals(active.get().applicationId())) {
          add(active.get());
          return;
        }
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable t) {
      // The listener of the shared queue has to do.
    }
  }
}
