package io.modeldb.spark.capture.plan;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import io.modeldb.spark.capture.Texts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What one node of a plan does to what goes into it; of projections one upon the other, all. */
public final class PlanStep {
  /** Alias names of the random columns by which PySpark's searches make folds end so. */
  private static final String FOLD_COLUMN = "_rand";

  private final String operation;
  private final String detail;
  private final boolean split;
  private final StepText text;
  private final List<Object> inputs;

  private PlanStep(
      String operation, String detail, boolean split, StepText text, List<Object> inputs) {
    this.operation = operation;
    this.detail = Texts.cut(detail, Texts.MAX_DETAIL);
    this.split = split;
    this.text = text;
    this.inputs = inputs;
  }

  /** "select", "filter", "join" and so on. */
  public String operation() {
    return operation;
  }

  /** What exactly, in words of SQL; {@code opaque} for what cannot be read. */
  public String detail() {
    return detail;
  }

  /** Whether rows are drawn at random. */
  public boolean isSplit() {
    return split;
  }

  /** The plans that go into it. */
  public List<Object> inputs() {
    return inputs;
  }

  /** The plans inside its expressions. */
  public List<Object> subqueries() {
    return text.subqueries();
  }

  /** Digest of all that it does; empty where some of it cannot be read. */
  public String digest() {
    return text.digest();
  }

  /** By which two steps of one run are the same. */
  public String key() {
    return text.key();
  }

  /**
   * The step that a node is.
   *
   * @param known says of a plan whether it is a dataset already: a step ends there
   */
  public static PlanStep of(Object node, Predicate<Object> known, Functions functions) {
    List<Object> inputs = Plans.children(node);
    String kind = Plans.kind(node);
    if (kind.equals("SerializeFromObject") && !known.test(inputs.get(0))) {
      return of(inputs.get(0), known, functions);
    }
    StepText text = new StepText(functions);
    text.add(node);
    switch (kind) {
      case "Project":
        return select(node, known, text);
      case "Filter":
        return step("filter", condition(node), text, inputs);
      case "TypedFilter":
        text.addUserCode(node);
        return step("filter", StepText.OPAQUE, text, inputs);
      case "Join":
      case "AsOfJoin":
      case "LateralJoin":
        String on = joined(node);
        text.add("join", on);
        return step("join", on, text, inputs);
      case "Union":
        text.add("byName", Reflect.call(node, "byName"));
        return step("union", chosen(inputs) ? StepText.OPAQUE : "", text, inputs);
      case "Sample":
        return sample(node, text);
      case "Aggregate":
        return step("aggregate", grouped(node), text, inputs);
      case "Sort":
        text.add("global", Reflect.call(node, "global"));
        return step("sort", sql(Reflect.call(node, "order")), text, inputs);
      case "GlobalLimit":
      case "LocalLimit":
      case "Tail":
        return step("limit", StepText.sql(Reflect.call(node, "limitExpr")), text, inputs);
      case "Offset":
        return step(
            "limit", "OFFSET " + StepText.sql(Reflect.call(node, "offsetExpr")), text, inputs);
      case "Distinct":
      case "Deduplicate":
        return step("distinct", sql(Reflect.call(node, "keys")), text, inputs);
      case "Window":
        return step("window", sql(Reflect.call(node, "windowExpressions")), text, inputs);
      case "Generate":
        text.add("outer", Reflect.call(node, "outer"));
        return step("generate", StepText.sql(Reflect.call(node, "generator")), text, inputs);
      case "Intersect":
      case "Except":
        text.add("all", Reflect.call(node, "isAll"));
        return step(kind.toLowerCase(Locale.ROOT), "", text, inputs);
      case "Expand":
        return step("expand", "", text, inputs);
      case "WithCTE":
        return step("select", "", text, Collections.singletonList(Reflect.call(node, "plan")));
      case "SubqueryAlias":
        return step("alias", String.valueOf(Reflect.call(node, "alias")), text, inputs);
      case "Repartition":
      case "RepartitionByExpression":
      case "RebalancePartitions":
        text.add("partitions", Reflect.call(node, "numPartitions"));
        return step("repartition", "", text, inputs);
      default:
        return other(node, kind, text, inputs);
    }
  }

  /**
   * Whether rows of one part of a union were chosen since they were divided at random: of the whole
   * that says nothing that can be read.
   */
  private static boolean chosen(List<Object> parts) {
    for (Object part : parts) {
      List<Object> below = Collections.singletonList(part);
      for (int n = 0; n < Plans.MAX_NODES && below.size() == 1; n++) {
        String kind = Plans.kind(below.get(0));
        if (kind.equals("Filter") || kind.equals("TypedFilter")) {
          return true;
        }
        below = kind.equals("Sample") ? Collections.emptyList() : Plans.children(below.get(0));
      }
    }
    return false;
  }

  private static PlanStep other(Object node, String kind, StepText text, List<Object> inputs) {
    if (PlanShape.isTransparent(node)) {
      return step("select", "", text, inputs);
    }
    // Each row becomes one row, or nobody knows what becomes of them.
    boolean rowByRow = kind.equals("MapElements") || kind.equals("AppendColumns");
    text.addUserCode(node);
    boolean map = kind.contains("Map") || kind.contains("Script") || kind.contains("Group");
    return step(map ? "map" : "derive", map && !rowByRow ? StepText.OPAQUE : "", text, inputs);
  }

  private static PlanStep step(
      String operation, String detail, StepText text, List<Object> inputs) {
    return new PlanStep(operation, detail, false, text, inputs);
  }

  private static PlanStep select(Object top, Predicate<Object> known, StepText text) {
    List<String> details = new ArrayList<>();
    Object node = top;
    details.add(0, projected(node));
    Object below = Plans.children(node).get(0);
    while (!known.test(below)
        && Plans.kind(below).equals("Project")
        && !makesFolds(node)
        && !makesFolds(below)) {
      node = below;
      text.add(node);
      details.add(0, projected(node));
      below = Plans.children(node).get(0);
    }
    details.removeIf(String::isEmpty);
    return step("select", String.join(", ", details), text, Collections.singletonList(below));
  }

  /**
   * What a projection computes, and where it leaves columns out also what it keeps: one that adds a
   * column to a wide table says the one column.
   */
  private static String projected(Object project) {
    List<Object> list = Plans.list(Reflect.call(project, "projectList"));
    List<Object> computed =
        list.stream().filter(e -> !Expressions.isAttribute(e)).collect(Collectors.toList());
    Object child = Plans.children(project).get(0);
    boolean keepsAll = list.size() >= Columns.output(child).size();
    List<Object> told = keepsAll && !computed.isEmpty() ? computed : list;
    StringBuilder out = new StringBuilder();
    for (Object expression : told) {
      if (out.length() > Texts.MAX_DETAIL) {
        break;
      }
      boolean plain = Expressions.isAttribute(expression);
      String text = plain ? Expressions.name(expression) : StepText.sql(expression);
      out.append(out.length() == 0 ? "" : ", ").append(text);
    }
    return out.toString();
  }

  /** Folds are filters on its column: it must stay a dataset by itself. */
  private static boolean makesFolds(Object project) {
    for (Object expression : Plans.list(Reflect.call(project, "projectList"))) {
      if (Expressions.isAlias(expression) && Expressions.name(expression).endsWith(FOLD_COLUMN)) {
        return true;
      }
    }
    return false;
  }

  private static PlanStep sample(Object node, StepText text) {
    Object lower = Reflect.call(node, "lowerBound");
    Object seed = Reflect.call(node, "seed");
    Object held = Plans.option(seed); // Spark 4 has it as an Option
    Object replaced = Reflect.call(node, "withReplacement");
    String detail =
        "["
            + lower
            + ", "
            + Reflect.call(node, "upperBound")
            + ") seed "
            + (held == null ? seed : held)
            + (Boolean.TRUE.equals(replaced) ? " with replacement" : "");
    text.add("sample", detail);
    // A random split sorts the rows of each partition first, so that its parts do not overlap.
    Object child = Plans.children(node).get(0);
    boolean sorted =
        Plans.kind(child).equals("Sort") && Boolean.FALSE.equals(Reflect.call(child, "global"));
    Object input = sorted ? Plans.children(child).get(0) : child;
    boolean part = sorted || !Double.valueOf(0).equals(lower);
    return new PlanStep(
        part ? "split" : "sample", detail, true, text, Collections.singletonList(input));
  }

  private static String condition(Object filter) {
    Object condition = Reflect.call(filter, "condition");
    return condition == null || StepText.callsUserCode(condition)
        ? StepText.OPAQUE
        : StepText.sql(condition);
  }

  private static String joined(Object join) {
    Object on = Plans.option(Reflect.call(join, "condition"));
    String type = StepText.sql(Reflect.call(join, "joinType"));
    return on == null ? type : type + " ON " + StepText.sql(on);
  }

  private static String grouped(Object aggregate) {
    String by = sql(Reflect.call(aggregate, "groupingExpressions"));
    String what = sql(Reflect.call(aggregate, "aggregateExpressions"));
    return by.isEmpty() ? what : what + " BY " + by;
  }

  private static String sql(Object expressions) {
    StringBuilder out = new StringBuilder();
    for (Object expression : Plans.list(expressions)) {
      if (out.length() > Texts.MAX_DETAIL) {
        break;
      }
      out.append(out.length() == 0 ? "" : ", ").append(StepText.sql(expression));
    }
    return out.toString();
  }
}
