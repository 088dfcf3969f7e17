package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a plan does to the rows of a plan below it, where each row goes its way alone: the same is
 * done to fewer rows, whatever order and partition they are in.
 */
final class RowSteps {
  private static final int MAX_NODES = 2000;

  /** A sample is none of them: what it draws depends on the rows before. */
  private static final Set<String> KINDS =
      Collections.unmodifiableSet(
          new HashSet<>(
              Arrays.asList("Project", "Filter", "SubqueryAlias", "View", "ResolvedHint")));

  /** From the top down. */
  private final List<Object> steps = new ArrayList<>();

  private Object below;
  private int left = MAX_NODES;

  private RowSteps() {}

  /**
   * @param top of a plan that is cheap
   * @param isBelow whether a plan is the one below, which may be the whole plan
   * @return null when it is not there, or other rows would change what becomes of one
   */
  static RowSteps of(Object top, Predicate<Object> isBelow) {
    RowSteps steps = new RowSteps();
    return top != null && steps.reach(top, isBelow) ? steps : null;
  }

  private boolean reach(Object top, Predicate<Object> isBelow) {
    Object node = top;
    while (!isBelow.test(node)) {
      List<Object> children = Plans.children(node);
      if (--left < 0
          || !KINDS.contains(Plans.kind(node))
          || children.size() != 1
          || !isOfOneRow(node)) {
        return false;
      }
      steps.add(node);
      node = children.get(0);
    }
    below = node;
    return true;
  }

  private boolean isOfOneRow(Object node) {
    Deque<Object> open = new ArrayDeque<>(Plans.list(Reflect.call(node, "expressions")));
    while (!open.isEmpty()) {
      Object expression = open.pop();
      if (--left < 0 || !CheapPlan.isCheapExpression(expression)) {
        return false;
      }
      // spark.ml calls some of its functions not deterministic, for the optimizer's sake.
      boolean function = Plans.kind(expression).equals("ScalaUDF");
      if (!function && !CheapPlan.isDeterministic(expression)) {
        return false;
      }
      Plans.children(expression).forEach(open::push);
    }
    return true;
  }

  /** The plan below. */
  Object below() {
    return below;
  }

  /** Whether columns with these names come out as they went in. */
  boolean keep(Collection<String> columns) {
    Map<String, Object> in = columnIds(below);
    Map<String, Object> out = columnIds(steps.isEmpty() ? below : steps.get(0));
    for (String column : columns) {
      if (in.get(column) == null || !in.get(column).equals(out.get(column))) {
        return false;
      }
    }
    return true;
  }

  /** Of a plan's output, by name: two with the same id are one column, with the same values. */
  static Map<String, Object> columnIds(Object plan) {
    Map<String, Object> ids = new HashMap<>();
    for (Object column : Plans.list(Reflect.call(plan, "output"))) {
      ids.put(String.valueOf(Reflect.call(column, "name")), Reflect.call(column, "exprId"));
    }
    return ids;
  }

  /**
   * The plan with another one below.
   *
   * @return null when a step refuses it
   */
  Object over(Object other) {
    return PlanRows.over(steps, other);
  }
}
