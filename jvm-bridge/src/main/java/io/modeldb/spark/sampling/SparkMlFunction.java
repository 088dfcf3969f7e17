package io.modeldb.spark.sampling;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/**
 * Whether a function in a plan is one of Spark's own machine learning.
 *
 * <p>It may still call a user's class: a model of theirs inherits the functions of spark.ml and is
 * called by them. So what the function holds must be Spark's, too.
 */
final class SparkMlFunction {
  private SparkMlFunction() {}

  static boolean is(Object function) {
    if (function == null) {
      return false;
    }
    String name = function.getClass().getName();
    if (!name.startsWith("org.apache.spark.ml.") && !name.startsWith("org.apache.spark.mllib.")) {
      return false;
    }
    try {
      for (Field field : function.getClass().getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          field.setAccessible(true);
          if (isOthers(field.get(function))) {
            return false;
          }
        }
      }
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return false;
    }
  }

  private static boolean isOthers(Object held) {
    if (held == null || held.getClass().isArray()) {
      return false;
    }
    String name = held.getClass().getName();
    return !name.startsWith("org.apache.spark.")
        && !name.startsWith("scala.")
        && !name.startsWith("java.");
  }
}
