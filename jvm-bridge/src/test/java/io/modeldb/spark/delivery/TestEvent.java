package io.modeldb.spark.delivery;

import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.RunStarted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** An event whose run id is its name. */
final class TestEvent implements PendingEvent {
  static final List<String> DROPPED = Collections.synchronizedList(new ArrayList<>());

  private final String name;
  private final int size;
  private final boolean essential;

  TestEvent(String name) {
    this(name, 100, true);
  }

  TestEvent(String name, int size, boolean essential) {
    this.name = name;
    this.size = size;
    this.essential = essential;
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
    Event.Builder event = Event.newBuilder().setRunId(name);
    if (size > 1000) {
      String text = new String(new char[size]).replace('\0', 'x');
      event.setRunStarted(RunStarted.newBuilder().setProject(text));
    }
    out.accept(event.build());
  }

  @Override
  public void dropped(String reason) {
    DROPPED.add(name + " " + reason);
  }
}
