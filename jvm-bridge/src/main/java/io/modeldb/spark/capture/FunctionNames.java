package io.modeldb.spark.capture;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/** Tells the functions in plans apart. */
final class FunctionNames {
  private FunctionNames() {}

  /**
   * What two expressions have in common only when they call the same function.
   *
   * @param acrossPlans whether it has to be the same in plans that were made one after the other by
   *     the same commands; else one object is one function
   */
  static String of(Object expression, Models models, boolean acrossPlans) {
    Object function = Reflect.call(expression, "function");
    if (function == null) {
      function = Reflect.call(expression, "func"); // Python's
    }
    if (function == null) {
      return unique(expression);
    }
    if (!acrossPlans) {
      return unique(function);
    }
    Object command = Reflect.call(function, "command");
    if (command != null) {
      return "python " + Plans.list(command).hashCode();
    }
    return captured(function, models);
  }

  /** A lambda is its class and what it has captured: of models, by which fit they were made. */
  private static String captured(Object function, Models models) {
    StringBuilder out = new StringBuilder(function.getClass().getName());
    try {
      for (Field field : function.getClass().getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())) {
          continue;
        }
        field.setAccessible(true);
        out.append(' ').append(value(field.get(function), models));
      }
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return unique(function);
    }
    return out.toString();
  }

  private static String value(Object value, Models models) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return String.valueOf(value);
    }
    if (value instanceof String) {
      return (String) value;
    }
    if (value instanceof int[]) {
      return java.util.Arrays.toString((int[]) value);
    }
    if (value instanceof double[]) {
      return java.util.Arrays.toString((double[]) value);
    }
    String uid = Components.uid(value);
    long fit = uid.isEmpty() ? 0 : models.fitOf(value);
    return fit == 0 ? unique(value) : uid + " of " + fit;
  }

  private static String unique(Object object) {
    return object.getClass().getName() + "@" + System.identityHashCode(object);
  }
}
