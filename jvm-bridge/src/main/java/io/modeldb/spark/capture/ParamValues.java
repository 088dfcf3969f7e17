package io.modeldb.spark.capture;

import io.modeldb.proto.v1.ParamValue;
import java.util.Arrays;

/** Turns the value of a parameter into what travels. */
final class ParamValues {
  private static final int MAX_VECTOR = 1000;

  private ParamValues() {}

  static ParamValue of(Object value) {
    ParamValue.Builder out = ParamValue.newBuilder();
    if (value instanceof Boolean) {
      return out.setBoolean((Boolean) value).build();
    }
    if (value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte) {
      return out.setInteger(((Number) value).longValue()).build();
    }
    if (value instanceof Double) {
      return out.setNumber((Double) value).build();
    }
    if (value instanceof Float) {
      // By its shortest decimal form: 0.1f is meant to be 0.1.
      return out.setNumber(Double.parseDouble(value.toString())).build();
    }
    if (value == null) {
      return out.setJson("null").build();
    }
    if (value.getClass().isArray()) {
      return json(out, JsonText.ofArray(value));
    }
    String name = value.getClass().getName();
    if (name.startsWith("org.apache.spark.ml.linalg.")) {
      String json = linalg(value, name);
      if (json != null) {
        return json(out, json);
      }
    }
    return out.setText(Texts.cut(String.valueOf(value), Texts.MAX_TEXT)).build();
  }

  private static ParamValue json(ParamValue.Builder out, String json) {
    // Cut JSON is no JSON; what the element limit did not keep small is told as text.
    return json.length() <= Texts.MAX_TEXT / 3
        ? out.setJson(json).build()
        : out.setText(Texts.cut(json, Texts.MAX_TEXT)).build();
  }

  private static String linalg(Object value, String name) {
    JsonText json = new JsonText();
    switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "DenseVector":
        json.array(Reflect.call(value, "values"), 0);
        return json.toString();
      case "SparseVector":
        json.raw("{\"size\":" + Reflect.call(value, "size") + ",\"indices\":");
        json.array(Reflect.call(value, "indices"), 0);
        json.raw(",\"values\":");
        json.array(Reflect.call(value, "values"), 0);
        return json.raw("}").toString();
      case "DenseMatrix":
      case "SparseMatrix":
        json.raw("{\"rows\":" + Reflect.call(value, "numRows"));
        json.raw(",\"cols\":" + Reflect.call(value, "numCols"));
        json.raw(",\"columnMajor\":");
        json.array(columnMajor(value), 0);
        return json.raw("}").toString();
      default:
        return null;
    }
  }

  private static double[] columnMajor(Object matrix) {
    int rows = (Integer) Reflect.call(matrix, "numRows");
    int cols = (Integer) Reflect.call(matrix, "numCols");
    if ((long) rows * cols > MAX_VECTOR) {
      return new double[0];
    }
    return Arrays.copyOf((double[]) Reflect.call(matrix, "toArray"), rows * cols);
  }
}
