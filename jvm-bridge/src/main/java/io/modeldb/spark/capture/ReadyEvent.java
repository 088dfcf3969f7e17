package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Event;
import io.modeldb.spark.delivery.PendingEvent;
import java.util.function.Consumer;

/** An event that is complete already. */
final class ReadyEvent implements PendingEvent {
  private final Event event;
  private final Counts counts;
  private final int size;

  ReadyEvent(Event event, Counts counts) {
    this.event = event;
    this.counts = counts;
    this.size = event.getSerializedSize() + 64;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public boolean essential() {
    return true;
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
