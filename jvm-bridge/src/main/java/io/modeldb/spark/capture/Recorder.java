package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Evaluated;
import io.modeldb.proto.v1.FitEnded;
import io.modeldb.proto.v1.FitKind;
import io.modeldb.proto.v1.FitStarted;
import io.modeldb.proto.v1.Outcome;
import io.modeldb.proto.v1.Transformed;
import java.util.Collections;
import java.util.List;

/** Makes events of operations; the same for hooks and for MLEvents. */
final class Recorder {
  private Recorder() {}

  static void fitStarted(Operation fit, Object estimator) {
    FitStarted.Builder out =
        FitStarted.newBuilder()
            .setOperation(fit.id)
            .setParent(Operation.idOf(fit.parent))
            .setKind(fit.fitKind)
            .setEstimator(Components.deep(estimator, fit.run.counts()))
            .setDataset(fit.dataset)
            .setThread(fit.thread);
    if (fit.fitKind == FitKind.FIT_KIND_SEARCH) {
      try {
        out.addAllCandidates(Searches.candidates(estimator));
      } catch (Throwable t) {
        fit.run.counts().add("candidates_not_read", 1);
      }
    }
    List<String> inputs = Collections.emptyList();
    if (fit.fitKind == FitKind.FIT_KIND_ESTIMATOR) {
      try {
        inputs = InputColumns.of(estimator);
      } catch (Throwable t) {
        // Then it is not told.
      }
    }
    fit.run.offer(new FitStart(fit.run, out, inputs, fit.plan, fit.startedMicros));
  }

  static void fitFinished(Operation fit, Object model) {
    FitEnded.Builder out = fitEnded(fit).setOutcome(Outcome.OUTCOME_FINISHED);
    if (model != null) {
      fit.run.models().fitted(model, fit.id);
      Searches.addResults(out, fit.self, model);
      out.setModelClass(model.getClass().getName());
      try {
        out.setProblemType(ProblemType.of(model));
      } catch (Throwable t) {
        // Stays unknown.
      }
    }
    emit(fit, out);
    if (model != null) {
      learnt(fit, model);
    }
  }

  private static void learnt(Operation fit, Object model) {
    try {
      fit.run.summaries().fitted(model, fit);
      LearntModel learnt = LearntModel.of(fit, model);
      if (learnt != null) {
        fit.run.offer(learnt);
      }
    } catch (Throwable t) {
      fit.run.counts().add("learnt_not_read", 1);
    }
  }

  /**
   * @param error null when it is only known that the fit did not finish
   */
  static void fitFailed(Operation fit, Throwable error) {
    FitEnded.Builder out = fitEnded(fit).setOutcome(Outcome.OUTCOME_FAILED);
    if (error != null) {
      out.setFailure(Failures.of(error));
    }
    emit(fit, out);
  }

  static void transformed(Operation transform, long output, Throwable error) {
    Transformed.Builder out = transformed(transform).setOutput(output);
    if (error != null) {
      out.setFailure(Failures.of(error));
    }
    emit(transform.run, out);
  }

  /** A transform as far as it is known without what it gave. */
  static Transformed.Builder transformed(Operation transform) {
    return Transformed.newBuilder()
        .setOperation(transform.id)
        .setParent(Operation.idOf(transform.parent))
        .setTransformer(transform.component)
        .setModel(transform.model)
        .setInput(transform.dataset)
        .setStartedAtUs(transform.startedMicros)
        .setDurationUs(transform.durationMicros())
        .setThread(transform.thread);
  }

  static void evaluated(Operation evaluation, Object evaluator, double value, Throwable error) {
    Evaluated.Builder out = evaluated(evaluation).setMetric(metric(evaluator)).setValue(value);
    Boolean larger = largerIsBetter(evaluator);
    if (larger != null) {
      out.setLargerIsBetter(larger);
    }
    if (error != null) {
      out.setFailure(Failures.of(error));
    }
    emit(evaluation.run, out);
  }

  /** An evaluation as far as it is known without what it gave. */
  static Evaluated.Builder evaluated(Operation evaluation) {
    return Evaluated.newBuilder()
        .setOperation(evaluation.id)
        .setParent(Operation.idOf(Operation.nearestFit(evaluation.parent)))
        .setEvaluator(evaluation.component)
        .setDataset(evaluation.dataset)
        .setStartedAtUs(evaluation.startedMicros)
        .setDurationUs(evaluation.durationMicros())
        .setThread(evaluation.thread);
  }

  /** Null where the evaluator does not say. */
  static Boolean largerIsBetter(Object evaluator) {
    try {
      Object larger = Reflect.call(evaluator, "isLargerBetter");
      return larger instanceof Boolean ? (Boolean) larger : null;
    } catch (Throwable t) {
      return null;
    }
  }

  static String metric(Object evaluator) {
    Object name = null;
    try {
      name = Reflect.call(evaluator, "getMetricName");
    } catch (Throwable t) {
      // Then its class has to do.
    }
    return name instanceof String
        ? Texts.cut((String) name, Texts.MAX_DETAIL)
        : evaluator.getClass().getSimpleName();
  }

  static FitEnded.Builder fitEnded(Operation fit) {
    return FitEnded.newBuilder().setOperation(fit.id).setDurationUs(fit.durationMicros());
  }

  static void emit(Operation fit, FitEnded.Builder ended) {
    fit.run.emit(fit.run.event(Clock.nowMicros()).setFitEnded(ended).build());
  }

  static void emit(Run run, Transformed.Builder transformed) {
    run.emit(run.event(Clock.nowMicros()).setTransformed(transformed).build());
  }

  static void emit(Run run, Evaluated.Builder evaluated) {
    run.emit(run.event(Clock.nowMicros()).setEvaluated(evaluated).build());
  }
}
