package io.modeldb.spark.capture;

import java.lang.reflect.Array;

/** What kind of problem a model solves, from its class and getters that run no job. */
final class ProblemType {
  private static final int MAX_DEPTH = 8;

  private ProblemType() {}

  static String of(Object model) {
    return of(model, 0);
  }

  private static String of(Object model, int depth) {
    if (model == null || depth > MAX_DEPTH) {
      return "";
    }
    String problem = ComponentKind.of(model).problem;
    if (problem.equals("classification")) {
      Object classes = Reflect.call(model, "numClasses");
      if (!(classes instanceof Integer)) {
        return "";
      }
      return (Integer) classes == 2 ? "binary" : "multiclass";
    }
    if (!problem.isEmpty()) {
      return problem;
    }
    Object best = Reflect.call(model, "bestModel");
    if (best != null) {
      return of(best, depth + 1);
    }
    return ofLastStage(Reflect.call(model, "stages"), depth);
  }

  private static String ofLastStage(Object stages, int depth) {
    if (stages instanceof Object[]) {
      for (int i = Array.getLength(stages) - 1; i >= 0; i--) {
        String problem = of(Array.get(stages, i), depth + 1);
        if (!problem.isEmpty()) {
          return problem;
        }
      }
    }
    return "";
  }
}
