package io.modeldb.spark.capture;

import io.modeldb.proto.v1.HistoryPoint;

/** The course of a fit, by those getters of its summary that compute nothing. */
final class LearntHistory {
  private static final int MAX_POINTS = 10_000;

  /** Values of the whole fit. */
  private static final String[] VALUES = {
    "totalIterations", "numIterations", "numIter", "trainingCost", "logLikelihood"
  };

  private LearntHistory() {}

  static boolean has(Object model) {
    // A forest's summary has a history only because summaries have to have one.
    return !LearntTrees.has(model) && Boolean.TRUE.equals(Reflect.call(model, "hasSummary"));
  }

  static void read(Object model, LearntChunks out) {
    Object summary = has(model) ? Summaries.ofTraining(model) : null;
    if (summary == null) {
      return;
    }
    Object history = Reflect.call(summary, "objectiveHistory");
    if (history instanceof double[]) {
      double[] values = (double[]) history;
      for (int i = 0; i < Math.min(values.length, MAX_POINTS); i++) {
        out.add(point("objectiveHistory", values[i]).setStep(i).build());
      }
    }
    for (String getter : VALUES) {
      Object value = Reflect.call(summary, getter);
      if (value instanceof Number) {
        out.add(point(getter, ((Number) value).doubleValue()).build());
      }
    }
  }

  private static HistoryPoint.Builder point(String metric, double value) {
    HistoryPoint.Builder out = HistoryPoint.newBuilder().setMetric(metric).setValue(value);
    Boolean larger = Summaries.largerIsBetter(metric);
    return larger == null ? out : out.setLargerIsBetter(larger);
  }
}
