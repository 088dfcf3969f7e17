package io.modeldb.spark.delivery;

import io.modeldb.proto.v1.Event;
import java.util.function.Consumer;

/**
 * An event on its way from the thread that saw it to the delivery thread, which does what is too
 * slow for the former.
 */
public interface PendingEvent {
  /** Bytes that it will take, roughly; what the queue's limit counts. */
  int size();

  /** Whether it must be among the last to be dropped. */
  boolean essential();

  /**
   * Makes the event, or several, on the delivery thread.
   *
   * @param deadlineNanos by {@link System#nanoTime()}: what can be left out must be when it is over
   * @param out takes each, in order
   */
  void build(long deadlineNanos, Consumer<Event> out);

  /** Told when the event cannot be kept. */
  void dropped(String reason);
}
