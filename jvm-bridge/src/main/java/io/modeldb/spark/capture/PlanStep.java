package io.modeldb.spark.capture;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What lies between a dataset and a node of its plan: the most telling operation on the way, and
 * the details of it.
 */
final class PlanStep {
  static final PlanStep NONE = new PlanStep(null, null, Operation.DERIVE, "");

  /** By how telling they are. */
  private enum Operation {
    FILTER,
    JOIN,
    UNION,
    SPLIT,
    AGGREGATE,
    SELECT,
    DERIVE
  }

  private final PlanStep above;
  private final Operation best;
  private final Operation own;
  private final String detail;

  private PlanStep(PlanStep above, Operation own, Operation best, String detail) {
    this.above = above;
    this.own = own;
    this.best = best;
    this.detail = detail;
  }

  /** This way and one node more, away from the dataset. */
  PlanStep through(Object node) {
    Operation operation = operation(Plans.kind(node));
    Operation telling = operation.ordinal() < best.ordinal() ? operation : best;
    return new PlanStep(this, operation, telling, detail(operation, node));
  }

  String operation() {
    return best.name().toLowerCase(java.util.Locale.ROOT);
  }

  /**
   * Of filters all conditions, in the order in which they were applied; else the nearest detail.
   */
  String detail() {
    if (best == Operation.DERIVE || best == Operation.SELECT) {
      return "";
    }
    Deque<String> details = new ArrayDeque<>();
    for (PlanStep step = this; step != null; step = step.above) {
      if (step.own == best && !step.detail.isEmpty()) {
        details.addLast(step.detail);
      }
    }
    if (details.isEmpty()) {
      return "";
    }
    String text = best == Operation.FILTER ? String.join(" AND ", details) : details.getLast();
    return Texts.cut(text, Texts.MAX_DETAIL);
  }

  private static Operation operation(String kind) {
    switch (kind) {
      case "Filter":
      case "TypedFilter":
        return Operation.FILTER;
      case "Join":
      case "AsOfJoin":
      case "LateralJoin":
        return Operation.JOIN;
      case "Union":
        return Operation.UNION;
      case "Sample":
        return Operation.SPLIT;
      case "Aggregate":
        return Operation.AGGREGATE;
      case "Project":
        return Operation.SELECT;
      default:
        return Operation.DERIVE;
    }
  }

  private static String detail(Operation operation, Object node) {
    switch (operation) {
      case FILTER:
        Object condition = Reflect.call(node, "condition");
        // A typed filter is a function of the user's: nothing to read.
        return condition == null ? "opaque" : Plans.sql(condition);
      case JOIN:
        Object option = Reflect.call(node, "condition");
        Object defined = Reflect.call(option, "isDefined");
        Object on = Boolean.TRUE.equals(defined) ? Reflect.call(option, "get") : null;
        String type = Plans.sql(Reflect.call(node, "joinType"));
        return on == null ? type : type + " ON " + Plans.sql(on);
      case SPLIT:
        return "["
            + Reflect.call(node, "lowerBound")
            + ", "
            + Reflect.call(node, "upperBound")
            + ") seed "
            + Reflect.call(node, "seed");
      default:
        return "";
    }
  }
}
