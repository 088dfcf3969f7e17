package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Written;
import io.modeldb.spark.capture.plan.WriteCommand;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Takes from Spark's SQL events which datasets were written where.
 *
 * <p>Called on one thread, that of a listener.
 */
public final class Writes {
  private static final String EVENTS =
      "org.apache.spark.sql.execution.ui.SparkListenerSQLExecution";

  /** What saves models: their files are no datasets. */
  private static final String[] SAVING = {
    "org.apache.spark.ml.util.MLWriter", "org.apache.spark.mllib."
  };

  private static final int MAX_OPEN = 1000;

  private final Run run;

  /** Executions of those that save models. */
  private final Set<Object> saving = new LinkedHashSet<>();

  Writes(Run run) {
    this.run = run;
  }

  /** Takes an event that may be any listener event. */
  public void on(Object event) {
    String name = event.getClass().getName();
    if (!name.startsWith(EVENTS)) {
      return;
    }
    if (name.endsWith("Start")) {
      started(event);
    } else if (name.endsWith("End")) {
      ended(event);
    }
  }

  private void started(Object event) {
    String callSite = String.valueOf(Reflect.call(event, "details"));
    for (String saver : SAVING) {
      if (callSite.contains(saver)) {
        if (saving.size() >= MAX_OPEN) {
          saving.remove(saving.iterator().next());
        }
        saving.add(Reflect.call(event, "executionId"));
        return;
      }
    }
  }

  private void ended(Object event) {
    if (saving.remove(Reflect.call(event, "executionId")) || failed(event)) {
      return;
    }
    WriteCommand command = WriteCommand.of(Reflect.call(Reflect.call(event, "qe"), "analyzed"));
    if (command == null) {
      return;
    }
    long dataset = run.datasets().idOfPlan(command.query());
    if (dataset != 0) {
      Written.Builder written =
          Written.newBuilder()
              .setDataset(dataset)
              .setTarget(command.target())
              .setMode(command.mode());
      run.emit(run.event(Clock.nowMicros()).setWritten(written).build());
    }
  }

  private static boolean failed(Object event) {
    Object message = Plans.option(Reflect.call(event, "errorMessage"));
    return Plans.option(Reflect.call(event, "executionFailure")) != null
        || (message != null && !String.valueOf(message).isEmpty());
  }
}
