package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Column;
import io.modeldb.proto.v1.DatasetSeen;
import io.modeldb.proto.v1.Derivation;
import io.modeldb.proto.v1.Event;
import io.modeldb.spark.delivery.PendingEvent;
import java.util.function.Consumer;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A dataset that was met; its plan is looked at later, on the delivery thread. */
final class SeenDataset implements PendingEvent {
  private static final int MAX_COLUMNS = 10_000;

  private final Run run;
  private final long id;
  private final StructType schema;
  private final Object plan;
  private final long within;
  private final long metMicros = Clock.nowMicros();

  SeenDataset(Run run, long id, StructType schema, Object plan, long within) {
    this.run = run;
    this.id = id;
    this.schema = schema;
    this.plan = plan;
    this.within = within;
  }

  @Override
  public int size() {
    return 512 + 64 * Math.min(schema.fields().length, MAX_COLUMNS);
  }

  @Override
  public boolean essential() {
    return false;
  }

  @Override
  public void build(long deadlineNanos, Consumer<Event> out) {
    DatasetSeen.Builder seen = DatasetSeen.newBuilder().setDataset(id);
    StructField[] fields = schema.fields();
    for (int i = 0; i < Math.min(fields.length, MAX_COLUMNS); i++) {
      seen.addColumns(
          Column.newBuilder()
              .setName(Texts.cut(fields[i].name(), Texts.MAX_DETAIL))
              .setType(Texts.cut(fields[i].dataType().simpleString(), Texts.MAX_DETAIL)));
    }
    addParents(seen, deadlineNanos);
    out.accept(run.event(metMicros).setDatasetSeen(seen).build());
  }

  @Override
  public void dropped(String reason) {
    run.counts().add(reason, 1);
  }

  private void addParents(DatasetSeen.Builder seen, long deadlineNanos) {
    try {
      if (plan != null) {
        PlanWalk walk = PlanWalk.from(plan, id, run.datasets(), deadlineNanos);
        seen.addAllDerivedFrom(walk.parents());
        if (walk.wasCutOff()) {
          run.counts().add("plan_too_large", 1);
        }
      }
    } catch (Throwable t) {
      run.counts().add("plan_not_read", 1);
    }
    if (seen.getDerivedFromCount() == 0 && within != 0 && within != id) {
      seen.addDerivedFrom(
          Derivation.newBuilder().setParent(within).setOperation("split").setDetail("fold"));
    }
  }
}
