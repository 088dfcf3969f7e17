package io.modeldb.spark.capture.plan;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What each column of a plan is made of, by the ids that columns have in all of it.
 *
 * <p>A column has an expression (an Alias), or comes from a leaf of the plan, or is made from other
 * columns in a way that cannot be told more closely; a union's columns are several at once.
 */
final class Columns {
  /** Of one column. */
  static final class Definition {
    /** What an Alias gives a name to; null for none. */
    Object expression;

    /** The leaf that has it; null for none. */
    Object leaf;

    /** Its name in that leaf. */
    String name;

    /** Expressions that it is made of besides. */
    List<Object> parts = Collections.emptyList();

    /** Whether it is its expression, or its leaf's column, and nothing else. */
    boolean isPlain() {
      return parts.isEmpty();
    }
  }

  private final Map<Long, Definition> definitions = new HashMap<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Object, Object> cteBodies = new HashMap<>();
  private final List<Object> cteReferences = new ArrayList<>();
  private final TimeLimit limit;
  private int nodes;
  private boolean cutOff;

  Columns(TimeLimit limit) {
    this.limit = limit;
  }

  /** Whether some of what was added could not be looked at. */
  boolean wasCutOff() {
    return cutOff;
  }

  /** Null for a column of something that was not added or not looked at. */
  Definition of(long id) {
    return definitions.get(id);
  }

  /** The output columns of a plan, as attributes. */
  static List<Object> output(Object plan) {
    return Plans.list(Reflect.call(plan, "output"));
  }

  void add(Object plan) {
    List<Object> opaque = new ArrayList<>();
    Deque<Object> open = new ArrayDeque<>();
    open.push(plan);
    while (!open.isEmpty()) {
      Object node = open.pop();
      if (!seen.add(node)) {
        continue;
      }
      if (++nodes > Plans.MAX_NODES || limit.isOver()) {
        cutOff = true;
        break;
      }
      List<Object> children = Plans.children(node);
      if (children.isEmpty()) {
        addLeaf(node);
      } else {
        addStep(node, children, opaque);
      }
      children.forEach(open::push);
    }
    addReferences();
    opaque.forEach(this::addOpaque);
  }

  private void addLeaf(Object node) {
    if (Plans.kind(node).equals("CTERelationRef")) {
      cteReferences.add(node);
      return;
    }
    for (Object attribute : output(node)) {
      Definition definition = define(attribute);
      definition.leaf = node;
      definition.name = Expressions.name(attribute);
    }
  }

  private void addStep(Object node, List<Object> children, List<Object> opaque) {
    switch (Plans.kind(node)) {
      case "Filter":
      case "Join":
      case "Sort":
      case "Sample":
      case "SubqueryAlias":
      case "View":
      case "GlobalLimit":
      case "LocalLimit":
      case "Distinct":
        return;
      case "Project":
        addAliases(Plans.list(Reflect.call(node, "projectList")));
        return;
      case "Union":
        addUnion(node, children);
        return;
      case "Expand":
        addExpand(node);
        return;
      case "Generate":
        addParts(
            Plans.list(Reflect.call(node, "generatorOutput")),
            Collections.singletonList(Reflect.call(node, "generator")));
        return;
      case "CTERelationDef":
        cteBodies.put(Reflect.call(node, "id"), children.get(0));
        return;
      case "SerializeFromObject":
      case "DeserializeToObject":
        // Their expressions speak of an object by its place, not by a column.
        opaque.add(node);
        return;
      default:
        addAliases(Plans.list(Reflect.call(node, "expressions")));
        opaque.add(node);
    }
  }

  private void addAliases(List<Object> expressions) {
    for (Object expression : expressions) {
      if (Expressions.isAlias(expression)) {
        define(expression).expression = Reflect.call(expression, "child");
      }
    }
  }

  private void addUnion(Object node, List<Object> children) {
    List<Object> output = output(node);
    for (Object child : children) {
      List<Object> columns = output(child);
      for (int i = 0; i < Math.min(columns.size(), output.size()); i++) {
        // The first child's columns have the union's own ids.
        if (Expressions.id(columns.get(i)) != Expressions.id(output.get(i))) {
          addParts(
              Collections.singletonList(output.get(i)), Collections.singletonList(columns.get(i)));
        }
      }
    }
  }

  private void addExpand(Object node) {
    List<Object> output = output(node);
    for (Object projection : Plans.list(Reflect.call(node, "projections"))) {
      List<Object> expressions = Plans.list(projection);
      for (int i = 0; i < Math.min(expressions.size(), output.size()); i++) {
        Object expression = expressions.get(i);
        if (Expressions.id(expression) != Expressions.id(output.get(i))) {
          addParts(Collections.singletonList(output.get(i)), Collections.singletonList(expression));
        }
      }
    }
  }

  private void addReferences() {
    for (Object reference : cteReferences) {
      Object body = cteBodies.get(Reflect.call(reference, "cteId"));
      List<Object> output = output(reference);
      List<Object> columns = body == null ? Collections.emptyList() : output(body);
      for (int i = 0; i < output.size(); i++) {
        boolean known = i < columns.size();
        if (known && Expressions.id(columns.get(i)) != Expressions.id(output.get(i))) {
          Definition definition = define(output.get(i));
          definition.expression = columns.get(i);
        }
      }
    }
    cteReferences.clear();
  }

  /** Columns that a node makes in a way of its own come from all that goes into it. */
  private void addOpaque(Object node) {
    List<Object> made = new ArrayList<>(output(node));
    made.removeIf(attribute -> definitions.containsKey(Expressions.id(attribute)));
    if (made.isEmpty() || cutOff) {
      return;
    }
    List<Object> all = new ArrayList<>();
    for (Object child : Plans.children(node)) {
      all.addAll(output(child));
    }
    addParts(made, all);
  }

  private void addParts(List<Object> columns, List<Object> parts) {
    for (Object column : columns) {
      Definition definition = define(column);
      if (definition.parts.isEmpty()) {
        definition.parts = new ArrayList<>(parts);
      } else {
        definition.parts.addAll(parts);
      }
    }
  }

  private Definition define(Object named) {
    return definitions.computeIfAbsent(Expressions.id(named), id -> new Definition());
  }
}
