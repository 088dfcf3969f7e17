package io.modeldb.spark.capture.plan;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.apache.spark.sql.types.Metadata;

/** Reads Catalyst expressions without naming their types. */
final class Expressions {
  private static final String ML = "org.apache.spark.ml.";

  private Expressions() {}

  static boolean isAttribute(Object expression) {
    return Plans.kind(expression).equals("AttributeReference");
  }

  static boolean isAlias(Object expression) {
    return Plans.kind(expression).equals("Alias");
  }

  /** The id by which a column is known in all of a plan; -1 for what has none. */
  static long id(Object named) {
    Object id = Reflect.call(Reflect.call(named, "exprId"), "id");
    return id instanceof Long ? (Long) id : -1;
  }

  static String name(Object named) {
    return String.valueOf(Reflect.call(named, "name"));
  }

  /** A column's metadata; null for an expression that has none. */
  static Metadata metadata(Object named) {
    Object metadata = Reflect.call(named, "metadata");
    return metadata instanceof Metadata ? (Metadata) metadata : null;
  }

  /** Whether its values are spark.ml vectors. */
  static boolean isVector(Object expression) {
    Object type = Reflect.call(expression, "dataType");
    return type != null && Plans.kind(type).equals("VectorUDT");
  }

  /**
   * The spark.ml class whose function this expression calls, e.g. "StandardScalerModel"; null for
   * any other expression. Functions are lambdas, and a lambda is named after the class that has it.
   */
  static String transformer(Object expression) {
    Object function = function(expression);
    if (function == null) {
      return null;
    }
    String name = function.getClass().getName();
    int inner = name.indexOf('$');
    String owner = inner < 0 ? name : name.substring(0, inner);
    // spark.ml's own functions for users, such as vector_to_array, are no transformers.
    if (!owner.startsWith(ML) || owner.equals(ML + "functions")) {
      return null;
    }
    return owner.substring(owner.lastIndexOf('.') + 1);
  }

  static Object function(Object expression) {
    return Plans.kind(expression).equals("ScalaUDF") ? Reflect.call(expression, "function") : null;
  }

  /** The one array of ints that a function has captured; null where there is none or several. */
  static int[] captured(Object function) {
    int[] found = null;
    try {
      for (Field field : function.getClass().getDeclaredFields()) {
        if (field.getType() == int[].class && !Modifier.isStatic(field.getModifiers())) {
          if (found != null) {
            return null;
          }
          field.setAccessible(true);
          found = (int[]) field.get(function);
        }
      }
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return null;
    }
    return found;
  }
}
