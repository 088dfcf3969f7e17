package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether the rows of a plan can be had without much work and without a function of the user's: it
 * reads files or what is cached, and goes over it row by row.
 *
 * <p>Looked at is the plan in which Spark has put what is cached in the place of what it was made
 * from. What is not known to be cheap is not.
 */
final class CheapPlan {
  private static final int MAX_NODES = 2000;

  private static final Set<String> ROW_BY_ROW =
      names("Project", "Filter", "Sample", "SubqueryAlias", "View", "ResolvedHint");
  private static final Set<String> IN_MEMORY = names("LocalRelation", "Range", "OneRowRelation");

  /** Functions of a seed: the same rows each time. */
  private static final Set<String> SEEDED = names("Rand", "Randn");

  private int left = MAX_NODES;

  private CheapPlan() {}

  /**
   * @param plan analysed, with cached data
   */
  static boolean is(Object plan) {
    return plan != null && new CheapPlan().isCheap(plan);
  }

  private boolean isCheap(Object top) {
    Deque<Object> open = new ArrayDeque<>();
    open.push(top);
    while (!open.isEmpty()) {
      Object node = open.pop();
      if (--left < 0) {
        return false;
      }
      String kind = Plans.kind(node);
      if (ROW_BY_ROW.contains(kind) || isLocalSort(kind, node)) {
        if (!expressionsAreCheap(node)) {
          return false;
        }
        Plans.children(node).forEach(open::push);
      } else if (!isCheapSource(kind, node)) {
        return false;
      }
    }
    return true;
  }

  /** As a random split has it, to draw from the same rows each time. */
  private static boolean isLocalSort(String kind, Object node) {
    return kind.equals("Sort") && Boolean.FALSE.equals(Reflect.call(node, "global"));
  }

  private static boolean isCheapSource(String kind, Object node) {
    if (IN_MEMORY.contains(kind)) {
      return true;
    }
    switch (kind) {
      case "InMemoryRelation":
        // One that is to be cached and is not yet would be computed for us.
        Object cache = Reflect.call(node, "cacheBuilder");
        return Boolean.TRUE.equals(Reflect.call(cache, "isCachedColumnBuffersLoaded"));
      case "LogicalRelation":
        Object relation = Reflect.call(node, "relation");
        return relation != null && Plans.kind(relation).equals("HadoopFsRelation");
      case "DataSourceV2Relation":
        return extendsClass(Reflect.call(node, "table"), "FileTable");
      case "LogicalRDD":
        return CheapRdd.is(Reflect.call(node, "rdd"));
      default:
        return false;
    }
  }

  private static boolean extendsClass(Object object, String simpleName) {
    for (Class<?> c = object == null ? null : object.getClass(); c != null; c = c.getSuperclass()) {
      if (c.getName().startsWith("org.apache.spark.") && c.getSimpleName().equals(simpleName)) {
        return true;
      }
    }
    return false;
  }

  private boolean expressionsAreCheap(Object node) {
    Deque<Object> open = new ArrayDeque<>(Plans.list(Reflect.call(node, "expressions")));
    while (!open.isEmpty()) {
      Object expression = open.pop();
      if (--left < 0 || !isCheapExpression(expression)) {
        return false;
      }
      Plans.children(expression).forEach(open::push);
    }
    return true;
  }

  private static boolean isCheapExpression(Object expression) {
    if (!expression.getClass().getName().startsWith("org.apache.spark.sql.")) {
      return false; // Somebody's own, whatever it does.
    }
    String kind = Plans.kind(expression);
    if (kind.equals("ScalaUDF")) {
      return SparkMlFunction.is(Reflect.call(expression, "function"));
    }
    if (kind.contains("UDF")
        || kind.contains("UDAF")
        || kind.contains("Subquery")
        || kind.equals("Exists")
        || kind.equals("ApplyFunctionExpression")
        || kind.equals("TransformExpression")
        || kind.equals("Invoke")
        || kind.equals("StaticInvoke")
        || kind.equals("NewInstance")
        || kind.equals("MapObjects")
        || kind.equals("CallMethodViaReflection")) {
      return false;
    }
    return isRepeatable(kind, expression);
  }

  /** Whether the expression by itself, apart from what is in it, gives the same each time. */
  private static boolean isRepeatable(String kind, Object expression) {
    if (!Boolean.FALSE.equals(Reflect.call(expression, "deterministic")) || SEEDED.contains(kind)) {
      return true;
    }
    for (Object child : Plans.children(expression)) {
      if (Boolean.FALSE.equals(Reflect.call(child, "deterministic"))) {
        return true; // It is the child's doing.
      }
    }
    return false;
  }

  private static Set<String> names(String... names) {
    return Collections.unmodifiableSet(new HashSet<>(Arrays.asList(names)));
  }
}
