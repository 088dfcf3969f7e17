package io.modeldb.spark.capture;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.FitEnd;
import org.apache.spark.ml.FitStart;
import org.apache.spark.ml.TransformEnd;
import org.apache.spark.ml.TransformStart;

/**
 * Records what Spark's own MLEvents tell, where there are no hooks: JVM pipelines and their stages,
 * nothing else.
 *
 * <p>Events say neither their thread nor what they are inside of, and a failure has no event at
 * all. So an operation is put under the open pipeline that has it as a stage, and what is open in a
 * pipeline when that ends has failed. Times are those of the listener's thread.
 *
 * <p>Called on one thread only.
 */
public final class MlEventCapture {
  private static final int MAX_OPEN = 1000;

  private static final class Open {
    final Operation operation;
    final Object component;
    final List<Object> stages;

    Open(Operation operation, Object component, List<Object> stages) {
      this.operation = operation;
      this.component = component;
      this.stages = stages;
    }

    /** Whether this is a stage of it, or the model of one: a model has its estimator's uid. */
    boolean hasStage(Object other, boolean byUid) {
      for (Object stage : stages) {
        if (byUid ? Components.uid(stage).equals(Components.uid(other)) : stage == other) {
          return true;
        }
      }
      return false;
    }
  }

  private final Run run;
  private final List<Open> open = new ArrayList<>();

  public MlEventCapture(Run run) {
    this.run = run;
  }

  /** Takes an event that may be any listener event. */
  public void on(Object event) {
    if (event instanceof FitStart) {
      FitStart<?> start = (FitStart<?>) event;
      begin(Operation.Kind.FIT, start.estimator(), start.dataset());
    } else if (event instanceof FitEnd) {
      FitEnd<?> end = (FitEnd<?>) event;
      end(Operation.Kind.FIT, end.estimator(), end.model());
    } else if (event instanceof TransformStart) {
      TransformStart start = (TransformStart) event;
      begin(Operation.Kind.TRANSFORM, start.transformer(), start.input());
    } else if (event instanceof TransformEnd) {
      TransformEnd end = (TransformEnd) event;
      end(Operation.Kind.TRANSFORM, end.transformer(), end.output());
    }
  }

  /** Whether a fit of a class is being captured, by the class's simple name and ".fit". */
  boolean isOpen(String call) {
    for (Open candidate : open) {
      if (candidate.operation.kind == Operation.Kind.FIT
          && call.equals(candidate.component.getClass().getSimpleName() + ".fit")) {
        return true;
      }
    }
    return false;
  }

  private void begin(Operation.Kind kind, Object component, Object dataset) {
    Open again = find(kind, component);
    if (again != null) {
      // It was begun before and never ended: it threw.
      close(again);
    }
    Open parent = parentOf(component);
    Operation operation =
        new Operation(
            run,
            kind,
            kind == Operation.Kind.FIT ? ComponentKind.of(component).fitKind : null,
            component,
            parent == null ? null : parent.operation,
            Run.nextOperation(),
            false);
    operation.on(dataset, 0);
    operation.data = new WeakReference<>(dataset);
    if (open.size() < MAX_OPEN) {
      open.add(new Open(operation, component, Components.stages(component)));
    } else {
      run.counts().add("too_many_open", 1);
    }
    if (kind == Operation.Kind.FIT) {
      Recorder.fitStarted(operation, component);
    } else {
      operation.component = Components.of(component, run.counts()).build();
      operation.model = run.models().fitOf(component);
    }
  }

  private void end(Operation.Kind kind, Object component, Object result) {
    Open ended = find(kind, component);
    if (ended == null) {
      return;
    }
    open.remove(ended);
    closeInside(ended);
    if (kind == Operation.Kind.FIT) {
      Recorder.fitFinished(ended.operation, result);
      if (ended.operation.parent == null) {
        run.sampling().fitted(ended.operation.data.get(), ended.operation.dataset);
      }
    } else {
      Recorder.transformed(ended.operation, run.datasets().idOf(result, 0), null);
    }
    ended.operation.close();
  }

  private void close(Open failed) {
    open.remove(failed);
    closeInside(failed);
    if (failed.operation.kind == Operation.Kind.FIT) {
      Recorder.fitFailed(failed.operation, null);
    }
    failed.operation.close();
  }

  private void closeInside(Open outer) {
    List<Open> inside = new ArrayList<>();
    for (Open candidate : open) {
      if (candidate.operation.parent == outer.operation) {
        inside.add(candidate);
      }
    }
    for (Open failed : inside) {
      close(failed);
    }
  }

  private Open find(Operation.Kind kind, Object component) {
    for (int i = open.size() - 1; i >= 0; i--) {
      Open candidate = open.get(i);
      if (candidate.component == component && candidate.operation.kind == kind) {
        return candidate;
      }
    }
    return null;
  }

  private Open parentOf(Object component) {
    for (boolean byUid : new boolean[] {false, true}) {
      for (int i = open.size() - 1; i >= 0; i--) {
        if (open.get(i).hasStage(component, byUid)) {
          return open.get(i);
        }
      }
    }
    return null;
  }
}
