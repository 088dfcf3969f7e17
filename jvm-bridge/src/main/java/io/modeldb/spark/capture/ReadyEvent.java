package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Event;
import io.modeldb.spark.delivery.PendingEvent;
import java.util.function.Consumer;

/** An event that is complete already. */
final class ReadyEvent implements PendingEvent {
  private final Event event;
  private final Counts counts;
  private final int size;
  private final boolean essential;

  ReadyEvent(Event event, Counts counts) {
    this(event, counts, true);
  }

  private ReadyEvent(Event event, Counts counts, boolean essential) {
    this.event = event;
    this.counts = counts;
    this.size = event.getSerializedSize() + 64;
    this.essential = essential;
  }

  /** One that is dropped before others are. */
  static ReadyEvent optional(Event event, Counts counts) {
    return new ReadyEvent(event, counts, false);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public boolean essential() {
    return essential;
  }

  @Override
  public void build(long deadlineNanos, Consumer<Event> out) {
    out.accept(event);
  }

  @Override
  public void dropped(String reason) {
    counts.add(reason, 1);
  }
}
