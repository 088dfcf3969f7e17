package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Component;
import io.modeldb.proto.v1.Evaluated;
import java.util.HashSet;
import java.util.Set;

/**
 * What the summaries of a run are about: of which model, on which dataset.
 *
 * <p>A summary computes a value when it is asked for it, so a value is told when the program asks,
 * and once for each summary: later calls give what was computed before.
 */
final class Summaries {
  private static final String ML = "org.apache.spark.ml.";
  private static final int LIMIT = 5000;
  private static final int MAX_VALUES = 100;

  private static final class Subject {
    final long model;
    final long dataset;
    final String source;
    private final Set<String> told = new HashSet<>();

    Subject(long model, long dataset, String source) {
      this.model = model;
      this.dataset = dataset;
      this.source = source;
    }

    synchronized boolean isNew(String metric) {
      return told.size() < MAX_VALUES && told.add(metric);
    }
  }

  private final WeakIdentityMap<Subject> subjects = new WeakIdentityMap<>(LIMIT);

  /** A fit has ended; its model may have a summary of it. Getting it computes nothing. */
  void fitted(Object model, Operation fit) {
    Object summary = ofTraining(model);
    if (summary != null) {
      subjects.put(summary, new Subject(fit.id, fit.dataset, "training"));
    }
  }

  /** {@code model.evaluate(dataset)} gave a summary. */
  void evaluated(Object summary, Operation evaluation) {
    if (summary != null) {
      subjects.put(summary, new Subject(evaluation.model, evaluation.dataset, "summary"));
    }
  }

  /** The program asked a summary for a value. */
  void asked(Operation getter, Object summary, double value, Throwable error) {
    Subject subject = subjects.get(summary);
    if (subject == null) {
      getter.run.counts().add("summary_not_known", 1);
      return;
    }
    if (error == null && !subject.isNew(getter.argument)) {
      return;
    }
    Evaluated.Builder out =
        Evaluated.newBuilder()
            .setOperation(getter.id)
            .setParent(Operation.idOf(Operation.nearestFit(getter.parent)))
            .setEvaluator(Component.newBuilder().setClassName(summary.getClass().getName()))
            .setDataset(subject.dataset)
            .setMetric(getter.argument)
            .setValue(value)
            .setModel(subject.model)
            .setSource(subject.source)
            .setStartedAtUs(getter.startedMicros)
            .setDurationUs(getter.durationMicros())
            .setThread(getter.thread);
    Boolean larger = largerIsBetter(getter.argument);
    if (larger != null) {
      out.setLargerIsBetter(larger);
    }
    if (error != null) {
      out.setFailure(Failures.of(error));
    }
    getter.run.emit(getter.run.event(Clock.nowMicros()).setEvaluated(out).build());
  }

  /**
   * Whether a getter that was just entered is called by spark.ml itself, from another method of the
   * summary: the statistics of coefficients need a deviance, say.
   */
  static boolean isAskedBySpark(String metric) {
    int parameter = metric.indexOf('(');
    String getter = parameter < 0 ? metric : metric.substring(0, parameter);
    StackTraceElement[] stack = new Throwable().getStackTrace();
    int at = 0;
    while (at < stack.length && !isGetter(stack[at], getter)) {
      at++;
    }
    // The class's own, that of its trait, and the one that computes a lazy value.
    while (at < stack.length && isGetter(stack[at], getter)) {
      at++;
    }
    return at < stack.length
        && stack[at].getClassName().startsWith(ML)
        && stack[at].getClassName().contains("Summary");
  }

  private static boolean isGetter(StackTraceElement frame, String getter) {
    String method = frame.getMethodName();
    return frame.getClassName().startsWith(ML)
        && (method.equals(getter) || method.startsWith(getter + "$"));
  }

  /** The training summary of one of spark.ml's own models, or null. */
  static Object ofTraining(Object model) {
    return model.getClass().getName().startsWith(ML)
            && Boolean.TRUE.equals(Reflect.call(model, "hasSummary"))
        ? Reflect.call(model, "summary")
        : null;
  }

  /** By what a measure's name means; null where that is not clear. */
  static Boolean largerIsBetter(String metric) {
    int parameter = metric.indexOf('(');
    switch (parameter < 0 ? metric : metric.substring(0, parameter)) {
      case "accuracy":
      case "areaUnderROC":
      case "areaUnderPR":
      case "weightedTruePositiveRate":
      case "weightedPrecision":
      case "weightedRecall":
      case "weightedFMeasure":
      case "explainedVariance":
      case "r2":
      case "r2adj":
      case "logLikelihood":
        return true;
      case "weightedFalsePositiveRate":
      case "rootMeanSquaredError":
      case "meanSquaredError":
      case "meanAbsoluteError":
      case "trainingCost":
      case "deviance":
      case "aic":
      case "objectiveHistory":
        return false;
      default:
        return null;
    }
  }
}
