package io.modeldb.spark.capture;

import io.modeldb.proto.v1.FitKind;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a class is in spark.ml's terms, read off the names of its ancestors: the class itself may
 * come from any loader, and Spark's ML classes need not be there at all.
 */
final class ComponentKind {
  private static final String ML = "org.apache.spark.ml.";

  private static final ClassValue<ComponentKind> KINDS =
      new ClassValue<ComponentKind>() {
        @Override
        protected ComponentKind computeValue(Class<?> type) {
          return new ComponentKind(type);
        }
      };

  final boolean isEstimator;
  final boolean isTransformer;
  final boolean isEvaluator;

  /** A transformer that a fit makes. */
  final boolean isModel;

  /** A fitted pipeline. */
  final boolean isPipelineModel;

  /** What a search made. */
  final boolean isSearchModel;

  /** What saves a component, and what loads one. */
  final boolean isWriter;

  final boolean isReader;

  final FitKind fitKind;

  /** "regression", "clustering", …; "classification" where the number of classes decides. */
  final String problem;

  private ComponentKind(Class<?> type) {
    Set<String> names = ancestors(type);
    isEstimator = names.contains(ML + "Estimator");
    isTransformer =
        names.contains(ML + "Transformer")
            || names.contains(ML + "clustering.PowerIterationClustering")
            || names.contains(ML + "fpm.PrefixSpan");
    isModel = names.contains(ML + "Model");
    isEvaluator = names.contains(ML + "evaluation.Evaluator");
    isPipelineModel = names.contains(ML + "PipelineModel");
    isSearchModel =
        names.contains(ML + "tuning.CrossValidatorModel")
            || names.contains(ML + "tuning.TrainValidationSplitModel");
    isWriter = names.contains(ML + "util.MLWriter");
    isReader = names.contains(ML + "util.MLReader");
    if (!isEstimator) {
      fitKind = FitKind.FIT_KIND_UNSPECIFIED;
    } else if (names.contains(ML + "Pipeline")) {
      fitKind = FitKind.FIT_KIND_PIPELINE;
    } else if (names.contains(ML + "tuning.CrossValidator")
        || names.contains(ML + "tuning.TrainValidationSplit")) {
      fitKind = FitKind.FIT_KIND_SEARCH;
    } else {
      fitKind = FitKind.FIT_KIND_ESTIMATOR;
    }
    problem = problem(names);
  }

  static ComponentKind of(Object object) {
    return KINDS.get(object.getClass());
  }

  private static String problem(Set<String> names) {
    for (String name : names) {
      for (String problem :
          new String[] {"classification", "regression", "clustering", "recommendation"}) {
        if (name.startsWith(ML + problem + ".")) {
          return problem;
        }
      }
    }
    return "";
  }

  private static Set<String> ancestors(Class<?> type) {
    Set<String> names = new LinkedHashSet<>();
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      names.add(c.getName());
    }
    return names;
  }
}
