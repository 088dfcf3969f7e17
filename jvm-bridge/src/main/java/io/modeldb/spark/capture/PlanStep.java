package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Derivation;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What lies between a dataset and a node of its plan: the most telling operation on the way, and
 * the details of it.
 */
final class PlanStep {
  /** What stands for a condition that cannot be read. */
  static final String OPAQUE = "opaque";

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
    String detail = detail(operation, node);
    if (operation == Operation.FILTER && passes(Operation.UNION)) {
      // It chose rows of one part of the union: of the whole it says nothing that can be read.
      operation = Operation.UNION;
      detail = OPAQUE;
    }
    Operation telling = operation.ordinal() < best.ordinal() ? operation : best;
    return new PlanStep(this, operation, telling, detail);
  }

  private String operation() {
    return best.name().toLowerCase(java.util.Locale.ROOT);
  }

  /**
   * Of filters all conditions, in the order in which they were applied; else the nearest detail.
   */
  private String detail() {
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

  /** Whether one of the operations on the way is this one. */
  private boolean passes(Operation operation) {
    for (PlanStep step = this; step != null; step = step.above) {
      if (step.own == operation) {
        return true;
      }
    }
    return false;
  }

  boolean passesSplit() {
    return passes(Operation.SPLIT);
  }

  /** The conditions of filters that were applied after the last split on the way. */
  private String filtersAfterSplit() {
    Deque<String> details = new ArrayDeque<>();
    for (PlanStep step = this; step != null; step = step.above) {
      if (step.own == Operation.SPLIT) {
        details.clear();
      } else if (step.own == Operation.FILTER || step.detail.equals(OPAQUE)) {
        details.addLast(step.detail);
      }
    }
    return Texts.cut(String.join(" AND ", details), Texts.MAX_DETAIL);
  }

  /** This way, from a parent; 0 where the way ends at something that is not known. */
  Derivation from(long parent) {
    boolean split = passesSplit();
    return Derivation.newBuilder()
        .setParent(parent)
        .setOperation(operation())
        .setDetail(detail())
        .setSplit(split)
        .setFiltersAfterSplit(split ? filtersAfterSplit() : "")
        .build();
  }

  /**
   * Two ways from one parent that differ: rows that came on the one or on the other. What their
   * filters say together cannot be told in one text.
   */
  Derivation besides(PlanStep other, long parent) {
    boolean filtered = best == Operation.FILTER || other.best == Operation.FILTER;
    boolean union = passes(Operation.UNION) || other.passes(Operation.UNION);
    return Derivation.newBuilder()
        .setParent(parent)
        .setOperation(union ? "union" : "join")
        .setDetail(filtered ? OPAQUE : "")
        .setSplit(passesSplit() || other.passesSplit())
        .setFiltersAfterSplit(filtered ? OPAQUE : "")
        .build();
  }

  boolean sameAs(PlanStep other) {
    return from(0).equals(other.from(0));
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

  /** Spark 4 has it as an Option. */
  private static Object seed(Object sample) {
    Object seed = Reflect.call(sample, "seed");
    Object held = Reflect.call(seed, "get");
    return held == null ? seed : held;
  }

  private static String detail(Operation operation, Object node) {
    switch (operation) {
      case FILTER:
        Object condition = Reflect.call(node, "condition");
        // A typed filter is a function of the user's: nothing to read.
        return condition == null || Plans.callsUserCode(condition) ? OPAQUE : Plans.sql(condition);
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
            + seed(node);
      default:
        return "";
    }
  }
}
