package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;

/**
 * A plan whose rows can be had without much work and without a function of the user's: it reads
 * files or what is cached, and goes over it row by row.
 *
 * <p>Looked at is the plan in which Spark has put what is cached in the place of what it was made
 * from. What is not known to be cheap is not.
 */
final class CheapPlan {
  private static final int MAX_NODES = 2000;

  /** Spark's code for a range does not look whether it was cancelled. */
  static final int MAX_RANGE_ROWS = 100_000;

  private static final Set<String> ROW_BY_ROW =
      names("Project", "Filter", "Sample", "SubqueryAlias", "View", "ResolvedHint");
  private static final Set<String> IN_MEMORY = names("LocalRelation", "OneRowRelation");

  /** Functions of a seed: the same rows each time. */
  private static final Set<String> SEEDED = names("Rand", "Randn");

  /** From the top to the leaf: all of them have one child. */
  private final List<Object> nodes = new ArrayList<>();

  private final long maxFileBytes;
  private int left = MAX_NODES;
  private FileScan files;

  private CheapPlan(long maxFileBytes) {
    this.maxFileBytes = maxFileBytes;
  }

  /**
   * @param plan analysed, with cached data
   * @param maxFileBytes of all files that it may read, together
   * @return null when it is not cheap
   */
  static CheapPlan of(Object plan, long maxFileBytes) {
    CheapPlan cheap = new CheapPlan(maxFileBytes);
    return plan != null && cheap.isCheap(plan) ? cheap : null;
  }

  /** What it reads of files; null when it reads none. */
  FileScan files() {
    return files;
  }

  /**
   * The dataset to ask for a sample: the very plan that was found to be cheap, which reads what is
   * stored and never computes it.
   *
   * @param data the dataset whose plan this is
   * @return null when that is stored no longer
   */
  Dataset<?> dataset(Dataset<?> data) throws Exception {
    Object leaf = nodes.get(nodes.size() - 1);
    if (!StoredRows.isOne(leaf)) {
      return data;
    }
    Object stored = StoredRows.leaf(leaf, data);
    Object plan = PlanRows.over(nodes.subList(0, nodes.size() - 1), stored);
    return plan == null ? null : PlanRows.dataset(data, plan);
  }

  /** Bytes of the files that it reads. */
  long bytes() {
    return files == null ? 0 : files.bytes;
  }

  /** Whether each part of its files has its part of the rows. */
  boolean isReadRowByRow() {
    return files != null && files.format == FileScan.Format.ROWS;
  }

  /** The cache from which it has its rows; null when it has them from elsewhere. */
  Object cache() {
    Object leaf = nodes.get(nodes.size() - 1);
    return Plans.kind(leaf).equals("InMemoryRelation") ? Reflect.call(leaf, "cacheBuilder") : null;
  }

  /**
   * The columns of the plan for which these attributes of its leaf are needed.
   *
   * @return null when they are needed for its rows
   */
  Set<String> columnsFrom(List<Object> attributes) {
    Set<Object> ids = new HashSet<>();
    attributes.forEach(attribute -> ids.add(Reflect.call(attribute, "exprId")));
    for (int i = nodes.size() - 2; i >= 0; i--) {
      boolean project = Plans.kind(nodes.get(i)).equals("Project");
      for (Object expression : Plans.list(Reflect.call(nodes.get(i), "expressions"))) {
        if (refersTo(expression, ids)) {
          if (!project) {
            return null;
          }
          ids.add(Reflect.call(expression, "exprId"));
        }
      }
    }
    Set<String> columns = new HashSet<>();
    for (Object column : Plans.list(Reflect.call(nodes.get(0), "output"))) {
      if (ids.contains(Reflect.call(column, "exprId"))) {
        columns.add(String.valueOf(Reflect.call(column, "name")));
      }
    }
    return columns;
  }

  private static boolean refersTo(Object expression, Set<Object> ids) {
    for (Object attribute : Plans.list(Reflect.call(expression, "references"))) {
      if (ids.contains(Reflect.call(attribute, "exprId"))) {
        return true;
      }
    }
    return false;
  }

  private boolean isCheap(Object top) {
    Object node = top;
    while (--left >= 0) {
      nodes.add(node);
      String kind = Plans.kind(node);
      if (!ROW_BY_ROW.contains(kind) && !isLocalSort(kind, node)) {
        return isCheapSource(kind, node);
      }
      List<Object> children = Plans.children(node);
      if (children.size() != 1 || !expressionsAreCheap(node)) {
        return false;
      }
      node = children.get(0);
    }
    return false;
  }

  /** As a random split has it, to draw from the same rows each time. */
  private static boolean isLocalSort(String kind, Object node) {
    return kind.equals("Sort") && Boolean.FALSE.equals(Reflect.call(node, "global"));
  }

  private boolean isCheapSource(String kind, Object node) {
    if (IN_MEMORY.contains(kind)) {
      return true;
    }
    switch (kind) {
      case "Range":
        Object rows = Reflect.call(node, "numElements");
        return rows instanceof Number && ((Number) rows).doubleValue() <= MAX_RANGE_ROWS;
      case "InMemoryRelation":
      case "LogicalRDD":
        return StoredRows.areThere(node);
      default:
        files = FileScan.of(node);
        return files != null && files.bytes <= maxFileBytes;
    }
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

  /** Whether an expression, apart from what is in it, is Spark's own and without much work. */
  static boolean isCheapExpression(Object expression) {
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
    return SEEDED.contains(kind) || isDeterministic(expression);
  }

  /** Whether the expression by itself, apart from what is in it, looks at its row alone. */
  static boolean isDeterministic(Object expression) {
    if (!Boolean.FALSE.equals(Reflect.call(expression, "deterministic"))) {
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
