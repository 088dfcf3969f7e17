package io.modeldb.spark.capture;

import io.modeldb.proto.v1.FitKind;
import io.modeldb.spark.hook.HookPoint;

/** Records what the hooks see, nested as it was called. */
public final class HookCapture {
  private HookCapture() {}

  /**
   * A method that may be an operation begins.
   *
   * @return the operation, or null when it is none
   */
  public static Object enter(Run run, int point, Object self, Object dataset) {
    Operation.Kind kind = kind(point, ComponentKind.of(self));
    if (kind == null) {
      return null;
    }
    Operation top = OperationStack.top();
    if (top != null && top.run != run) {
      top = null;
    }
    if (top != null && !reportsWithin(top, kind, self)) {
      return null;
    }
    FitKind fitKind = kind == Operation.Kind.FIT ? ComponentKind.of(self).fitKind : null;
    boolean ignored = isInternal(top, kind);
    Operation operation =
        new Operation(run, kind, fitKind, self, top, ignored ? 0 : Run.nextOperation(), ignored);
    OperationStack.push(operation);
    if (!ignored) {
      run.jobMark().set(operation);
      try {
        run.work().operationBegan(operation.id);
        begin(operation, self, dataset);
      } catch (Throwable t) {
        // What follows must still nest under it.
        run.counts().add("hook_error", 1);
      }
    }
    return operation;
  }

  public static void exit(Object token, Object result) {
    end((Operation) token, result, null);
  }

  public static void fail(Object token, Throwable error) {
    end((Operation) token, null, error);
  }

  public static void copied(Run run, Object original, Object copy) {
    run.models().copied(original, copy);
  }

  private static Operation.Kind kind(int point, ComponentKind of) {
    switch (point) {
      case HookPoint.FIT:
        return of.isEstimator ? Operation.Kind.FIT : null;
      case HookPoint.TRANSFORM:
        return of.isTransformer ? Operation.Kind.TRANSFORM : null;
      case HookPoint.EVALUATE:
        return of.isEvaluator ? Operation.Kind.EVALUATE : null;
      default:
        return null;
    }
  }

  private static boolean reportsWithin(Operation top, Operation.Kind kind, Object self) {
    if (top.ignored || top.kind == Operation.Kind.EVALUATE) {
      return false;
    }
    // A call of super, or of an overload.
    return top.self != self || top.kind != kind;
  }

  /** Predictions and metrics inside a plain estimator's fit are its own business. */
  private static boolean isInternal(Operation top, Operation.Kind kind) {
    if (top == null || top.kind != Operation.Kind.FIT || kind == Operation.Kind.FIT) {
      return false;
    }
    if (kind == Operation.Kind.EVALUATE) {
      return top.fitKind != FitKind.FIT_KIND_SEARCH;
    }
    return top.fitKind == FitKind.FIT_KIND_ESTIMATOR;
  }

  private static void begin(Operation operation, Object self, Object dataset) {
    Run run = operation.run;
    Operation parent = operation.parent;
    boolean inSearch = parent != null && parent.fitKind == FitKind.FIT_KIND_SEARCH;
    operation.dataset = run.datasets().idOf(dataset, inSearch ? parent.dataset : 0);
    switch (operation.kind) {
      case FIT:
        Recorder.fitStarted(operation, self);
        break;
      case TRANSFORM:
        operation.component = Components.of(self).build();
        operation.model = run.models().fitOf(self);
        break;
      default:
        operation.component = Components.of(self).build();
    }
  }

  private static void end(Operation operation, Object result, Throwable error) {
    Object self = operation.self;
    if (!operation.open) {
      return;
    }
    operation.open = false;
    OperationStack.restore(operation.parent);
    operation.run.jobMark().restore(operation);
    try {
      if (!operation.ignored) {
        operation.run.work().operationEnded(operation.id, System.currentTimeMillis());
        record(operation, self, result, error);
      }
    } finally {
      operation.close();
    }
  }

  private static void record(Operation operation, Object self, Object result, Throwable error) {
    switch (operation.kind) {
      case FIT:
        if (error == null) {
          Recorder.fitFinished(operation, result);
        } else {
          Recorder.fitFailed(operation, error);
        }
        break;
      case TRANSFORM:
        long output = error == null ? operation.run.datasets().idOf(result, 0) : 0;
        Recorder.transformed(operation, output, error);
        break;
      default:
        double value = result instanceof Double ? (Double) result : Double.NaN;
        Recorder.evaluated(operation, self, error == null ? value : 0, error);
    }
  }
}
