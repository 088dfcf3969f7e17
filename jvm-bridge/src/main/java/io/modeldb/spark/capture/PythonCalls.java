package io.modeldb.spark.capture;

import com.google.protobuf.InvalidProtocolBufferException;
import io.modeldb.proto.v1.Component;
import io.modeldb.proto.v1.Evaluated;
import io.modeldb.proto.v1.FitEnded;
import io.modeldb.proto.v1.FitKind;
import io.modeldb.proto.v1.FitStarted;
import io.modeldb.proto.v1.Transformed;
import io.modeldb.spark.hook.HookPoint;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls that PySpark runs in Python (pipelines, searches, users' own estimators), as our Python
 * package tells them over py4j. What they call in the JVM is seen by the hooks and nests under
 * them; the rest of what is to be told comes as the bytes of an event.
 */
final class PythonCalls {
  /** Calls that have begun; beyond it they are not told. */
  private static final int MAX_OPEN = 10_000;

  private static final Map<Long, Operation> OPEN = new ConcurrentHashMap<>();

  private PythonCalls() {}

  /**
   * A call begins.
   *
   * @param told a {@code FitStarted}, a {@code Transformed} or an {@code Evaluated}; of {@link
   *     HookPoint#PYTHON_THREAD} the number of the call that made this thread; of {@link
   *     HookPoint#PYTHON_NAME} what the program calls the dataset
   * @return the number of the operation, or null where it is none of its own
   */
  static Long enter(Run run, int point, Object told, Object data) {
    try {
      return entered(run, point, told, data);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Long entered(Run run, int point, Object told, Object data)
      throws InvalidProtocolBufferException {
    switch (point) {
      case HookPoint.PYTHON_FIT:
        return fit(run, FitStarted.parseFrom((byte[]) told), data);
      case HookPoint.PYTHON_TRANSFORM:
        Transformed transformed = Transformed.parseFrom((byte[]) told);
        return call(run, Operation.Kind.TRANSFORM, transformed.getTransformer(), data, transformed);
      case HookPoint.PYTHON_EVALUATE:
        Evaluated evaluated = Evaluated.parseFrom((byte[]) told);
        return call(run, Operation.Kind.EVALUATE, evaluated.getEvaluator(), data, null);
      case HookPoint.PYTHON_THREAD:
        Operation made = OPEN.get(((Number) told).longValue());
        if (made != null && made.open) {
          OperationStack.push(made);
        }
        return null;
      case HookPoint.PYTHON_NAME:
        run.datasets().called(data, Texts.cut((String) told, Texts.MAX_DETAIL));
        return null;
      default:
        return null;
    }
  }

  /**
   * The call is over.
   *
   * @param result a {@code FitEnded} or an {@code Evaluated}; of a transform the dataset that it
   *     gave, or a {@code Transformed} that has the failure
   */
  static void exit(long number, Object result) {
    Operation operation = OPEN.remove(number);
    if (operation == null || !HookCapture.leave(operation)) {
      return;
    }
    try {
      if (!operation.ignored) {
        operation.run.work().operationEnded(operation.id, System.currentTimeMillis());
        record(operation, result);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    } finally {
      operation.close();
    }
  }

  private static Long fit(Run run, FitStarted told, Object data) {
    Operation fit = begin(run, Operation.Kind.FIT, told.getKind(), told.getEstimator(), data);
    if (fit == null || fit.ignored) {
      return idOf(fit);
    }
    FitStarted.Builder out =
        told.toBuilder()
            .setOperation(fit.id)
            .setParent(Operation.idOf(fit.parent))
            .setDataset(fit.dataset)
            .setThread(fit.thread);
    List<String> inputs = told.getEstimator().getColumns().getInputsList();
    run.offer(new FitStart(run, out, inputs, fit.plan, fit.startedMicros));
    return fit.id;
  }

  private static Long call(
      Run run, Operation.Kind kind, Component component, Object data, Transformed told) {
    Operation call = begin(run, kind, null, component, data);
    if (call != null && told != null) {
      call.model = told.getModel();
    }
    return idOf(call);
  }

  private static Operation begin(
      Run run, Operation.Kind kind, FitKind fitKind, Component component, Object data) {
    Operation top = OperationStack.top();
    if (top != null && top.run != run) {
      top = null;
    }
    if (OPEN.size() >= MAX_OPEN
        || top != null && !HookCapture.reportsWithin(top, kind, component)) {
      run.counts().add(OPEN.size() >= MAX_OPEN ? "python_calls_open" : "python_calls_inside", 1);
      return null;
    }
    // One that is ignored has a number too, by which its end is told.
    boolean ignored = HookCapture.isInternal(top, kind);
    Operation operation =
        new Operation(run, kind, fitKind, component, top, Run.nextOperation(), ignored);
    operation.byPython = true;
    OPEN.put(operation.id, operation);
    OperationStack.push(operation);
    if (!ignored) {
      run.jobMark().set(operation);
      run.work().operationBegan(operation.id);
      boolean inSearch = top != null && top.fitKind == FitKind.FIT_KIND_SEARCH;
      operation.on(data, inSearch ? top.dataset : 0);
      operation.data = new WeakReference<>(data);
      operation.component = component;
    }
    return operation;
  }

  private static Long idOf(Operation operation) {
    return operation == null ? null : operation.id;
  }

  private static void record(Operation operation, Object result)
      throws InvalidProtocolBufferException {
    Run run = operation.run;
    switch (operation.kind) {
      case FIT:
        FitEnded ended = FitEnded.parseFrom((byte[]) result);
        Recorder.emit(operation, Recorder.fitEnded(operation).mergeFrom(ended));
        if (!ended.hasFailure() && HookCapture.isOutermost(operation)) {
          run.sampling().fitted(operation.data.get(), operation.dataset);
        }
        break;
      case TRANSFORM:
        Transformed.Builder transformed = Recorder.transformed(operation);
        if (result instanceof byte[]) {
          transformed.setFailure(Transformed.parseFrom((byte[]) result).getFailure());
        } else {
          transformed.setOutput(run.datasets().idOf(result, 0));
        }
        Recorder.emit(run, transformed);
        break;
      case EVALUATE:
        Evaluated told = Evaluated.parseFrom((byte[]) result);
        Evaluated.Builder evaluated =
            Recorder.evaluated(operation).setMetric(told.getMetric()).setValue(told.getValue());
        if (told.hasLargerIsBetter()) {
          evaluated.setLargerIsBetter(told.getLargerIsBetter());
        }
        if (told.hasFailure()) {
          evaluated.setFailure(told.getFailure());
        }
        Recorder.emit(run, evaluated);
        break;
      default:
    }
  }
}
