package io.modeldb.spark.capture;

import io.modeldb.proto.v1.FitKind;
import io.modeldb.spark.hook.HookPoint;
import java.lang.ref.WeakReference;

/** Records what the hooks see, nested as it was called. */
public final class HookCapture {
  private HookCapture() {}

  /**
   * A method that may be an operation begins.
   *
   * @return the operation, or null when it is none
   */
  public static Object enter(Run run, int point, Object self, Object argument) {
    if (point >= HookPoint.PYTHON_FIT) {
      return PythonCalls.enter(run, point, self, argument);
    }
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
    if (kind == Operation.Kind.GETTER && Summaries.isAskedBySpark((String) argument)) {
      return null;
    }
    FitKind fitKind = kind == Operation.Kind.FIT ? ComponentKind.of(self).fitKind : null;
    boolean ignored = kind == Operation.Kind.SUMMARISE || isInternal(top, kind);
    Operation operation =
        new Operation(run, kind, fitKind, self, top, ignored ? 0 : Run.nextOperation(), ignored);
    OperationStack.push(operation);
    try {
      if (!ignored) {
        run.jobMark().set(operation);
        run.work().operationBegan(operation.id);
        begin(operation, self, argument);
      } else if (kind == Operation.Kind.SUMMARISE) {
        // Its jobs are nobody's work, but those of a call that was seen.
        run.jobMark().set(operation);
        operation.on(argument, 0);
        operation.model = run.models().fitOf(self);
      }
    } catch (Throwable t) {
      // What follows must still nest under it.
      run.counts().add("hook_error", 1);
    }
    return operation;
  }

  public static void exit(Object token, Object result) {
    if (token instanceof Number) {
      PythonCalls.exit(((Number) token).longValue(), result);
      return;
    }
    end((Operation) token, result, null);
  }

  public static void fail(Object token, Throwable error) {
    end((Operation) token, null, error);
  }

  public static void copied(Run run, Object original, Object copy) {
    run.models().copied(original, copy);
  }

  public static void writes(Run run, Object component, Object writer) {
    run.writers().put(writer, new WeakReference<>(component));
  }

  private static Operation.Kind kind(int point, ComponentKind of) {
    switch (point) {
      case HookPoint.FIT:
        return of.isEstimator ? Operation.Kind.FIT : null;
      case HookPoint.TRANSFORM:
        return of.isTransformer ? Operation.Kind.TRANSFORM : null;
      case HookPoint.EVALUATE:
        return of.isEvaluator ? Operation.Kind.EVALUATE : null;
      case HookPoint.SUMMARISE:
        return of.isModel ? Operation.Kind.SUMMARISE : null;
      case HookPoint.GETTER:
        return Operation.Kind.GETTER;
      case HookPoint.SAVE:
        return of.isWriter ? Operation.Kind.SAVE : null;
      case HookPoint.LOAD:
        return of.isReader ? Operation.Kind.LOAD : null;
      default:
        return null;
    }
  }

  static boolean reportsWithin(Operation top, Operation.Kind kind, Object self) {
    boolean mayContain = top.kind == Operation.Kind.FIT || top.kind == Operation.Kind.TRANSFORM;
    if (top.ignored || !mayContain) {
      return false;
    }
    if (kind == Operation.Kind.SUMMARISE || kind == Operation.Kind.GETTER) {
      // Only what the program itself asks for.
      return false;
    }
    // A call of super, or of an overload.
    return top.self != self || top.kind != kind;
  }

  /** Predictions and metrics inside a plain estimator's fit are its own business. */
  static boolean isInternal(Operation top, Operation.Kind kind) {
    if (top == null || top.kind != Operation.Kind.FIT || kind == Operation.Kind.FIT) {
      return false;
    }
    if (kind == Operation.Kind.EVALUATE) {
      return top.fitKind != FitKind.FIT_KIND_SEARCH;
    }
    return top.fitKind == FitKind.FIT_KIND_ESTIMATOR;
  }

  /** Whether its data may be sampled: what Python calls one by one is, inside its own calls too. */
  static boolean isOutermost(Operation operation) {
    return operation.parent == null || operation.parent.byPython;
  }

  private static void begin(Operation operation, Object self, Object argument) {
    Run run = operation.run;
    switch (operation.kind) {
      case GETTER:
      case LOAD:
        operation.argument = Texts.cut(String.valueOf(argument), Texts.MAX_TEXT);
        return;
      case SAVE:
        operation.argument = Texts.cut(String.valueOf(argument), Texts.MAX_TEXT);
        StoredModels.saveBegins(operation, self);
        return;
      default:
    }
    Operation parent = operation.parent;
    boolean inSearch = parent != null && parent.fitKind == FitKind.FIT_KIND_SEARCH;
    operation.on(argument, inSearch ? parent.dataset : 0);
    if (isOutermost(operation)) {
      operation.data = new WeakReference<>(argument);
    }
    switch (operation.kind) {
      case FIT:
        Recorder.fitStarted(operation, self);
        break;
      case TRANSFORM:
        operation.component = Components.of(self, run.counts()).build();
        operation.model = run.models().fitOf(self);
        break;
      default:
        operation.component = Components.of(self, run.counts()).build();
    }
  }

  private static void end(Operation operation, Object result, Throwable error) {
    Object self = operation.self;
    if (!leave(operation)) {
      return;
    }
    try {
      if (!operation.ignored) {
        operation.run.work().operationEnded(operation.id, System.currentTimeMillis());
        record(operation, self, result, error);
        if (isOutermost(operation) && error == null) {
          sample(operation, self, result);
        }
      } else if (operation.kind == Operation.Kind.SUMMARISE && error == null) {
        operation.run.summaries().evaluated(result, operation);
      }
    } finally {
      operation.close();
    }
  }

  /** Its thread is in it no more. False where that was so already. */
  static boolean leave(Operation operation) {
    if (!operation.open) {
      return false;
    }
    operation.open = false;
    OperationStack.restore(operation.parent);
    operation.run.jobMark().restore(operation);
    return true;
  }

  private static double value(Object result, Throwable error) {
    if (error != null) {
      return 0;
    }
    return result instanceof Double ? (Double) result : Double.NaN;
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
      case EVALUATE:
        Recorder.evaluated(operation, self, value(result, error), error);
        break;
      case GETTER:
        operation.run.summaries().asked(operation, self, value(result, error), error);
        break;
      case SAVE:
        StoredModels.saved(operation, self, error);
        break;
      case LOAD:
        StoredModels.loaded(operation, self, result, error);
        break;
      default:
    }
  }

  private static void sample(Operation operation, Object self, Object result) {
    Sampling sampling = operation.run.sampling();
    Object data = operation.data.get();
    switch (operation.kind) {
      case FIT:
        sampling.fitted(data, operation.dataset);
        break;
      case TRANSFORM:
        long output = operation.run.datasets().idOf(result, 0);
        sampling.transformed(operation.model, self, data, operation.dataset, result, output);
        break;
      case EVALUATE:
        sampling.evaluated(operation.component, data, operation.dataset);
        break;
      default:
    }
  }
}
