package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.FitStarted;
import io.modeldb.spark.delivery.PendingEvent;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Consumer;

/** The beginning of a fit; which sources it learns from is read off the plan later. */
final class FitStart implements PendingEvent {
  /** Source columns that are told; of a fit from more, it is not told which. */
  private static final int MAX_SOURCE_COLUMNS = 10_000;

  private final Run run;
  private final FitStarted.Builder started;
  private final List<String> inputColumns;
  private final Object plan;
  private final long atMicros;
  private final int size;

  /**
   * @param inputColumns empty where it is not known from what the estimator learns
   * @param plan the analysed plan of the dataset, or null
   */
  FitStart(
      Run run, FitStarted.Builder started, List<String> inputColumns, Object plan, long atMicros) {
    this.run = run;
    this.started = started;
    this.inputColumns = inputColumns;
    this.plan = plan;
    this.atMicros = atMicros;
    this.size = started.build().getSerializedSize() + 128;
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
    SortedSet<String> sources = null;
    try {
      if (plan != null && !inputColumns.isEmpty()) {
        sources = run.datasets().lineage(plan, deadlineNanos).sourcesOf(inputColumns);
      }
    } catch (Throwable t) {
      run.counts().add("plan_not_read", 1);
    }
    if (sources != null && sources.size() <= MAX_SOURCE_COLUMNS) {
      sources.forEach(name -> started.addSourceColumns(Texts.cut(name, Texts.MAX_DETAIL)));
      started.setSourceColumnsKnown(true);
    }
    out.accept(run.event(atMicros).setFitStarted(started).build());
  }

  @Override
  public void dropped(String reason) {
    run.counts().add(reason, 1);
  }
}
