package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Event;
import io.modeldb.spark.delivery.PendingEvent;
import java.util.function.Consumer;
import org.apache.spark.sql.types.StructType;

/** A dataset that was met; its plan is looked at later, on the delivery thread. */
final class SeenDataset implements PendingEvent {
  private static final int MAX_COLUMNS = 10_000;

  private final Run run;
  private final KnownDataset dataset;
  private final StructType schema;
  private final Object plan;
  private final long metMicros = Clock.nowMicros();

  /**
   * @param schema null for that of the plan
   */
  SeenDataset(Run run, KnownDataset dataset, StructType schema, Object plan) {
    this.run = run;
    this.dataset = dataset;
    this.schema = schema;
    this.plan = plan;
  }

  @Override
  public int size() {
    int columns = schema == null ? 0 : schema.fields().length;
    return 512 + 64 * Math.min(columns, MAX_COLUMNS);
  }

  @Override
  public boolean essential() {
    return false;
  }

  @Override
  public void build(long deadlineNanos, Consumer<Event> out) {
    PlanWalk walk =
        new PlanWalk(
            run.datasets(),
            deadlineNanos,
            seen -> out.accept(run.event(metMicros).setDatasetSeen(seen).build()));
    walk.tell(plan, dataset, schema);
    if (walk.wasCutOff()) {
      run.counts().add("plan_too_large", 1);
    }
  }

  @Override
  public void dropped(String reason) {
    run.counts().add(reason, 1);
  }
}
