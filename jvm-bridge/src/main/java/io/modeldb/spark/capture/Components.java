package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Component;
import io.modeldb.proto.v1.Param;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;

/**
 * Snapshots of estimators, transformers and evaluators.
 *
 * <p>Taken on the caller's thread, because they are mutable. Code of users' own components runs in
 * here (getters, {@code toString}); where it throws, the value is left out and counted.
 */
final class Components {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_NAME = 1024;
  private static final int MAX_STAGES = 1000;

  /** The reason under which what a component did not tell of itself is counted. */
  private static final String NOT_READ = "component_not_read";

  private static final String ONE_VS_REST_MODEL =
      "org.apache.spark.ml.classification.OneVsRestModel";

  private Components() {}

  /** The component without what is inside it. */
  static Component.Builder of(Object object, Counts missed) {
    Component.Builder out = Component.newBuilder().setClassName(object.getClass().getName());
    if (object instanceof Params) {
      Params params = (Params) object;
      try {
        out.setUid(Texts.cut(params.uid(), MAX_NAME));
        addParams(out, params, missed);
      } catch (Throwable t) {
        missed.add(NOT_READ, 1);
      }
    }
    return out;
  }

  /** The component with a pipeline's stages, or a search's estimator or best model, inside. */
  static Component deep(Object object, Counts missed) {
    return deep(object, 0, missed).build();
  }

  private static Component.Builder deep(Object object, int depth, Counts missed) {
    Component.Builder out = of(object, missed);
    if (depth < MAX_DEPTH) {
      for (Object stage : stages(object)) {
        out.addStages(deep(stage, depth + 1, missed));
      }
    }
    return out;
  }

  static String uid(Object object) {
    try {
      return object instanceof Params ? Texts.cut(((Params) object).uid(), MAX_NAME) : "";
    } catch (Throwable t) {
      return "";
    }
  }

  /** Models inside a model: a pipeline's stages, a search's best, one for each class. */
  static List<Object> models(Object object) {
    if (object.getClass().getName().equals(ONE_VS_REST_MODEL)) {
      return listOf(Reflect.call(object, "models"));
    }
    return stages(object);
  }

  /** A pipeline's stages, fitted or not, or what a search tries or found, in order. */
  static List<Object> stages(Object object) {
    ComponentKind kind = ComponentKind.of(object);
    if (kind.isPipelineModel) {
      return listOf(Reflect.call(object, "stages"));
    }
    if (kind.isSearchModel) {
      return listOf(Reflect.call(object, "bestModel"));
    }
    switch (kind.fitKind) {
      case FIT_KIND_PIPELINE:
        return listOf(Reflect.call(object, "getStages"));
      case FIT_KIND_SEARCH:
        return listOf(Reflect.call(object, "getEstimator"));
      default:
        return Collections.emptyList();
    }
  }

  private static List<Object> listOf(Object oneOrArray) {
    Object[] all =
        oneOrArray instanceof Object[] ? (Object[]) oneOrArray : new Object[] {oneOrArray};
    List<Object> out = new ArrayList<>();
    for (Object one : all) {
      if (one != null && out.size() < MAX_STAGES) {
        out.add(one);
      }
    }
    return out;
  }

  /** One parameter as it is in force, or null when it has no value that travels. */
  private static Param read(Params of, org.apache.spark.ml.param.Param<?> param) {
    if (!of.isDefined(param)) {
      return null;
    }
    Object value = of.getOrDefault(param);
    if (holdsComponents(value)) {
      return null;
    }
    return Param.newBuilder()
        .setName(Texts.cut(param.name(), MAX_NAME))
        .setValue(ParamValues.of(value))
        .setIsDefault(!of.isSet(param))
        .build();
  }

  static boolean holdsComponents(Object value) {
    if (value instanceof Params || value instanceof ParamMap) {
      return true;
    }
    if (!(value instanceof Object[])) {
      return false;
    }
    Class<?> element = value.getClass().getComponentType();
    return Params.class.isAssignableFrom(element) || ParamMap.class.isAssignableFrom(element);
  }

  private static void addParams(Component.Builder out, Params params, Counts missed) {
    for (org.apache.spark.ml.param.Param<?> param : params.params()) {
      try {
        Param value = read(params, param);
        if (value != null) {
          out.addParams(value);
        }
      } catch (Throwable t) {
        missed.add(NOT_READ, 1);
      }
    }
  }
}
