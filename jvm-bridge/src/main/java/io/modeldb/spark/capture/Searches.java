package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Candidate;
import io.modeldb.proto.v1.CandidateParam;
import io.modeldb.proto.v1.FitEnded;
import io.modeldb.proto.v1.Param;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import scala.Option;

/** What a search will try, and what it found. */
final class Searches {
  /** Configurations that are told; a search of more would not fit one event. */
  static final int MAX_CANDIDATES = 2000;

  private static final int MAX_COMPONENTS = 500;

  private Searches() {}

  /**
   * The configurations of a CrossValidator or TrainValidationSplit, in its order.
   *
   * <p>A ParamMap lists its entries as a Scala collection, whose type differs between Scala
   * versions. So it is asked for each parameter of each component that the search can reach.
   */
  static List<Candidate> candidates(Object search) {
    Object maps = Reflect.call(search, "getEstimatorParamMaps");
    if (!(maps instanceof ParamMap[])) {
      return Collections.emptyList();
    }
    Set<Params> components = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Params> ordered = new ArrayList<>();
    collect(Reflect.call(search, "getEstimator"), components, ordered);
    collect(Reflect.call(search, "getEvaluator"), components, ordered);
    List<Candidate> out = new ArrayList<>();
    for (ParamMap map : (ParamMap[]) maps) {
      if (out.size() == MAX_CANDIDATES) {
        break;
      }
      out.add(candidate(map, ordered));
    }
    return out;
  }

  /** The averages that a search's model tells, if this is one. */
  static void addResults(FitEnded.Builder out, Object search, Object model) {
    try {
      if (!ComponentKind.of(model).isSearchModel) {
        return;
      }
      Object metrics = Reflect.call(model, "avgMetrics");
      if (metrics == null) {
        metrics = Reflect.call(model, "validationMetrics");
      }
      Object evaluator = Reflect.call(search, "getEvaluator");
      if (!(metrics instanceof double[]) || evaluator == null) {
        return;
      }
      double[] all = (double[]) metrics;
      for (int i = 0; i < Math.min(all.length, MAX_CANDIDATES); i++) {
        out.addCandidateMetrics(all[i]);
      }
      out.setMetric(Recorder.metric(evaluator));
      Boolean larger = Recorder.largerIsBetter(evaluator);
      if (larger != null) {
        out.setLargerIsBetter(larger);
      }
    } catch (Throwable t) {
      // A search that does not tell.
    }
  }

  private static Candidate candidate(ParamMap map, List<Params> components) {
    Candidate.Builder out = Candidate.newBuilder();
    int left = map.size();
    for (Params component : components) {
      for (org.apache.spark.ml.param.Param<?> param : component.params()) {
        if (left == 0) {
          return out.build();
        }
        Option<?> value = map.get(param);
        if (!value.isDefined()) {
          continue;
        }
        left--;
        if (!Components.holdsComponents(value.get())) {
          out.addParams(
              CandidateParam.newBuilder()
                  .setUid(component.uid())
                  .setParam(
                      Param.newBuilder()
                          .setName(param.name())
                          .setValue(ParamValues.of(value.get()))));
        }
      }
    }
    return out.build();
  }

  /** A component and all that its parameters hold, such as stages or a nested classifier. */
  private static void collect(Object value, Set<Params> seen, List<Params> out) {
    if (value instanceof Object[]) {
      for (Object element : (Object[]) value) {
        if (element instanceof Params) {
          collect(element, seen, out);
        }
      }
      return;
    }
    if (!(value instanceof Params) || out.size() >= MAX_COMPONENTS || !seen.add((Params) value)) {
      return;
    }
    Params component = (Params) value;
    out.add(component);
    for (org.apache.spark.ml.param.Param<?> param : component.params()) {
      if (component.isDefined(param)) {
        collect(component.getOrDefault(param), seen, out);
      }
    }
  }
}
