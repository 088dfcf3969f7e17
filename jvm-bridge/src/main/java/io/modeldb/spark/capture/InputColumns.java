package io.modeldb.spark.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.spark.ml.param.Params;

/** What an estimator learns from: its input columns, without labels and weights. */
final class InputColumns {
  private static final String[] PARAMS = {
    "featuresCol", "inputCol", "inputCols", "itemsCol", "userCol", "itemCol"
  };

  private InputColumns() {}

  /** Empty where the estimator does not say. */
  static List<String> of(Object estimator) {
    if (!(estimator instanceof Params)) {
      return Collections.emptyList();
    }
    Params params = (Params) estimator;
    // The columns of a formula are in its text, and featuresCol is what it writes.
    if (params.hasParam("formula")) {
      return Collections.emptyList();
    }
    List<String> columns = new ArrayList<>();
    for (String name : PARAMS) {
      Object value = params.hasParam(name) ? value(params, name) : null;
      if (value instanceof String) {
        columns.add((String) value);
      } else if (value instanceof String[]) {
        columns.addAll(Arrays.asList((String[]) value));
      }
    }
    return columns;
  }

  private static Object value(Params params, String name) {
    org.apache.spark.ml.param.Param<?> param = params.getParam(name);
    return params.isDefined(param) ? params.getOrDefault(param) : null;
  }
}
