package io.modeldb.spark.capture.plan;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Which nodes of a plan are steps of their own, and which only pass their input on. */
public final class PlanShape {
  private final Map<Object, Object> cteBodies = new HashMap<>();

  /** Whether a node gives the very rows and columns of its one input. */
  static boolean isTransparent(Object node) {
    switch (Plans.kind(node)) {
      case "SubqueryAlias":
      case "View":
      case "ResolvedHint":
      case "UnresolvedHint":
      case "WithCTE":
      case "CTERelationDef":
      case "CTERelationRef":
      case "CollectMetrics":
      case "EventTimeWatermark":
      case "Repartition":
      case "RepartitionByExpression":
      case "RebalancePartitions":
      case "LocalLimit":
      case "SerializeFromObject":
      case "DeserializeToObject":
        return true;
      case "Project":
        return keepsAll(node);
      default:
        return false;
    }
  }

  /** As analysis puts around windows and subqueries: the columns that are there, in their order. */
  private static boolean keepsAll(Object project) {
    List<Object> kept = Plans.list(Reflect.call(project, "projectList"));
    for (Object expression : kept) {
      if (!Expressions.isAttribute(expression)) {
        return false;
      }
    }
    List<Object> output = Columns.output(Plans.children(project).get(0));
    if (kept.size() != output.size()) {
      return false;
    }
    for (int i = 0; i < kept.size(); i++) {
      if (Expressions.id(kept.get(i)) != Expressions.id(output.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The step that a plan is, seen from above: itself, or what it passes on.
   *
   * @param known says of a plan whether it is a dataset: then it is one, whatever it does
   */
  public Object step(Object plan, Predicate<Object> known) {
    Object node = plan;
    for (int i = 0; i < Plans.MAX_NODES && isTransparent(node); i++) {
      remember(node);
      Object below = known.test(node) ? null : passed(node);
      if (below == null) {
        break;
      }
      node = below;
    }
    return node;
  }

  /** What a node that is no step by itself passes on; null where that is not known. */
  private Object passed(Object node) {
    switch (Plans.kind(node)) {
      case "WithCTE":
        return Reflect.call(node, "plan");
      case "CTERelationRef":
        return cteBodies.get(Reflect.call(node, "cteId"));
      default:
        List<Object> children = Plans.children(node);
        return children.isEmpty() ? null : children.get(0);
    }
  }

  /** Has to be told of the top of each plan: the bodies of its CTEs are beside what uses them. */
  public void remember(Object node) {
    if (Plans.kind(node).equals("WithCTE")) {
      for (Object definition : Plans.list(Reflect.call(node, "cteDefs"))) {
        Object body = Reflect.call(definition, "child");
        if (body != null) {
          cteBodies.put(Reflect.call(definition, "id"), body);
        }
      }
    }
  }
}
