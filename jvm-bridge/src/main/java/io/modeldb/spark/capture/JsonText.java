package io.modeldb.spark.capture;

import java.lang.reflect.Array;

/** Writes the few shapes of values that parameters have as JSON, up to a limit. */
final class JsonText {
  /** Elements of one list that are written; the rest is told by its length only. */
  static final int MAX_ELEMENTS = 1000;

  private static final int MAX_DEPTH = 4;

  private final StringBuilder out = new StringBuilder();

  /** Any array, of arrays too; a longer one as {@code {"length": n, "first": [...]}}. */
  static String ofArray(Object array) {
    JsonText json = new JsonText();
    json.array(array, 0);
    return json.toString();
  }

  JsonText raw(String text) {
    out.append(text);
    return this;
  }

  void array(Object array, int depth) {
    int length = Array.getLength(array);
    if (length > MAX_ELEMENTS) {
      out.append("{\"length\":").append(length).append(",\"first\":");
    }
    out.append('[');
    for (int i = 0; i < Math.min(length, MAX_ELEMENTS) && out.length() < Texts.MAX_TEXT; i++) {
      if (i > 0) {
        out.append(',');
      }
      value(Array.get(array, i), depth + 1);
    }
    out.append(']');
    if (length > MAX_ELEMENTS) {
      out.append('}');
    }
  }

  private void value(Object value, int depth) {
    if (value == null) {
      out.append("null");
    } else if (value.getClass().isArray() && depth < MAX_DEPTH) {
      array(value, depth);
    } else if (value instanceof Double || value instanceof Float) {
      number(((Number) value).doubleValue());
    } else if (value instanceof Number || value instanceof Boolean) {
      out.append(value);
    } else {
      text(String.valueOf(value));
    }
  }

  /** JSON has no NaN and no infinity: they are texts. */
  private void number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      out.append('"').append(value).append('"');
    } else {
      out.append(value);
    }
  }

  private void text(String text) {
    String cut = Texts.cut(text, Texts.MAX_TEXT / 4);
    out.append('"');
    for (int i = 0; i < cut.length(); i++) {
      char c = cut.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
