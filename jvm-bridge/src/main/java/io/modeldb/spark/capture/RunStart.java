package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.RunStarted;
import io.modeldb.spark.delivery.PendingEvent;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A run's first event, without which none of its others means anything. */
final class RunStart implements PendingEvent {
  /** A guess: settings and a command line. */
  private static final int SIZE = 16 * 1024;

  private final Event.Builder event;
  private final Supplier<RunStarted> description;
  private final Counts counts;

  RunStart(Event.Builder event, Supplier<RunStarted> description, Counts counts) {
    this.event = event;
    this.description = description;
    this.counts = counts;
  }

  @Override
  public int size() {
    return SIZE;
  }

  @Override
  public boolean essential() {
    return true;
  }

  @Override
  public void build(long deadlineNanos, Consumer<Event> out) {
    RunStarted told;
    try {
      told = description.get();
    } catch (Throwable t) {
      counts.add("run_not_described", 1);
      told = RunStarted.getDefaultInstance();
    }
    out.accept(event.setRunStarted(told).build());
  }

  @Override
  public void dropped(String reason) {
    counts.add(reason, 1);
  }
}
