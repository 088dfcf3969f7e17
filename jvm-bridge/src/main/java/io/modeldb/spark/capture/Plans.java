package io.modeldb.spark.capture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * Reads logical plans without naming their types: Dataset moved between Spark 3 and 4, and children
 * are Scala collections.
 */
final class Plans {
  private Plans() {}

  /** The analysed plan of a dataset, which Spark made when the dataset was made; or null. */
  static Object analyzed(Object dataset) {
    return Reflect.call(Reflect.call(dataset, "queryExecution"), "analyzed");
  }

  static List<Object> children(Object node) {
    Object children = Reflect.call(node, "children");
    Object size = Reflect.call(children, "size");
    if (!(size instanceof Integer) || (Integer) size == 0) {
      return Collections.emptyList();
    }
    List<Object> out = new ArrayList<>();
    for (int i = 0; i < Math.min((Integer) size, PlanWalk.MAX_NODES); i++) {
      Object child = Reflect.call(children, "apply", i);
      if (child != null) {
        out.add(child);
      }
    }
    return out;
  }

  /** Whether an expression calls a function of the user's, which its text does not tell. */
  static boolean callsUserCode(Object expression) {
    Deque<Object> open = new ArrayDeque<>();
    open.push(expression);
    for (int nodes = 0; !open.isEmpty(); nodes++) {
      Object node = open.pop();
      String kind = kind(node);
      if (nodes > PlanWalk.MAX_NODES
          || kind.contains("UDF")
          || kind.contains("UDAF")
          || kind.equals("ApplyFunctionExpression")) {
        return true;
      }
      children(node).forEach(open::push);
    }
    return false;
  }

  /** The class's name without package, e.g. "Filter". */
  static String kind(Object node) {
    String name = node.getClass().getName();
    return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
  }

  /** An expression as SQL text, or as its own text, or empty. */
  static String sql(Object expression) {
    Object sql = Reflect.call(expression, "sql");
    if (sql == null) {
      sql = expression;
    }
    return sql == null ? "" : String.valueOf(sql);
  }
}
