package io.modeldb.spark.capture.plan;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * All that a step of a plan does, as text that is the same whenever it does the same: without the
 * ids that expressions get anew in every run.
 */
final class StepText {
  /** What stands for something that cannot be read. */
  static final String OPAQUE = "opaque";

  private static final Pattern EXPRESSION_ID = Pattern.compile("#\\d+L?");

  /** Of wider tables, columns of one name are not told apart. */
  private static final int MAX_PLACES = 300;

  private final Functions functions;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder called = new StringBuilder();
  private final List<Object> subqueries = new ArrayList<>();
  private Map<Long, Integer> places = new HashMap<>();
  private boolean userCode;

  StepText(Functions functions) {
    this.functions = functions;
  }

  /** An expression as SQL text, or as its own text, or empty. */
  static String sql(Object expression) {
    Object sql = Reflect.call(expression, "sql");
    return String.valueOf(sql == null ? expression == null ? "" : expression : sql);
  }

  /** Whether a function of somebody's is called, which no text tells. */
  static boolean callsUserCode(Object expression) {
    StepText text = new StepText(e -> "");
    text.walk(expression);
    return text.userCode;
  }

  /** A node that is (part of) the step, with all of its expressions. */
  void add(Object node) {
    places = places(node);
    text.append(Plans.kind(node)).append('(');
    for (Object expression : Plans.list(Reflect.call(node, "expressions"))) {
      if (Expressions.isAttribute(expression)) {
        text.append(Expressions.name(expression)).append(place(expression));
      } else {
        text.append(EXPRESSION_ID.matcher(sql(expression)).replaceAll(""));
        walk(expression);
      }
      text.append(',');
    }
    text.append(')');
  }

  /** Something that the step's expressions do not say. */
  void add(String what, Object value) {
    text.append(what).append('=').append(value).append(';');
  }

  void addUserCode(Object node) {
    userCode = true;
    called.append(Plans.kind(node)).append(System.identityHashCode(node)).append(';');
  }

  boolean hasUserCode() {
    return userCode;
  }

  /** Plans inside expressions. */
  List<Object> subqueries() {
    return subqueries;
  }

  /** Digest of what the step does; empty where some of it cannot be read. */
  String digest() {
    return userCode ? "" : new Digest().add(text.toString()).hex();
  }

  /** By which two steps of one run are the same, functions told apart as objects. */
  String key() {
    return text + "|" + called;
  }

  private void walk(Object top) {
    Deque<Object> open = new ArrayDeque<>();
    open.push(top);
    for (int nodes = 0; !open.isEmpty(); nodes++) {
      Object node = open.pop();
      if (nodes > Plans.MAX_NODES) {
        addUserCode(top);
        return;
      }
      String kind = Plans.kind(node);
      if (Expressions.isAttribute(node)) {
        text.append(place(node));
      } else if (isUserCode(kind)) {
        userCode = true;
        called.append(functions.nameOf(node)).append(';');
      } else if (kind.endsWith("ubquery") || kind.equals("Exists")) {
        Object plan = Reflect.call(node, "plan");
        if (plan != null) {
          subqueries.add(plan);
        }
      }
      Plans.children(node).forEach(open::push);
    }
  }

  private static boolean isUserCode(String kind) {
    return kind.contains("UDF")
        || kind.contains("UDAF")
        || kind.equals("ScalaAggregator")
        || kind.equals("ApplyFunctionExpression")
        || kind.endsWith("TypedAggregateExpression")
        // New values for each plan that has it.
        || kind.equals("Uuid")
        || kind.equals("Shuffle");
  }

  private String place(Object attribute) {
    Integer place = places.get(Expressions.id(attribute));
    return place == null ? "" : "@" + place;
  }

  private static Map<Long, Integer> places(Object node) {
    Map<Long, Integer> places = new HashMap<>();
    for (Object child : Plans.children(node)) {
      List<Object> output = Columns.output(child);
      if (output.size() > MAX_PLACES) {
        break;
      }
      for (Object attribute : output) {
        places.putIfAbsent(Expressions.id(attribute), places.size());
      }
    }
    return places;
  }
}
