package io.modeldb.spark.capture.plan;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where the columns of a dataset come from, read off its analysed plan. Runs no job, but walks the
 * whole plan: for the delivery thread, or one of our own.
 *
 * <p>The sources of a column are columns of the plan's leaves (files, tables, rows that the program
 * made), by their own names there.
 */
public final class ColumnLineage {
  /** What lies behind leaves whose plan does not tell. */
  public interface Origins {
    /** The plan of the dataset whose rows, under the same names, a leaf has; null for none. */
    Object planBehind(Object leaf);
  }

  private static final int MAX_EXPRESSIONS = 20_000;

  /** A search in a search in a search. */
  private static final int MAX_ORIGINS = 4;

  private final Object plan;
  private final Origins origins;
  private final TimeLimit limit;
  private final int depth;
  private final Columns columns;
  private final Map<Object, ColumnLineage> behind = new IdentityHashMap<>();

  private ColumnLineage(Object plan, Origins origins, TimeLimit limit, int depth) {
    this.plan = plan;
    this.origins = origins;
    this.limit = limit;
    this.depth = depth;
    this.columns = new Columns(limit);
    columns.add(plan);
  }

  /**
   * Of an analysed plan.
   *
   * @param deadlineNanos by {@link System#nanoTime()}: what is not read by then is not known
   */
  public static ColumnLineage of(Object plan, Origins origins, long deadlineNanos) {
    return new ColumnLineage(plan, origins, new TimeLimit(deadlineNanos), 0);
  }

  /** The columns of sources behind a column; null where they cannot be told. */
  public SortedSet<String> sourcesOf(String column) {
    Object attribute = attribute(column);
    return attribute == null ? null : reach(attribute).sources();
  }

  /**
   * The names of all columns on the way to a column, its own and those of sources included; null
   * where they cannot be told.
   */
  public SortedSet<String> columnsBehind(String column) {
    Object attribute = attribute(column);
    if (attribute == null) {
      return null;
    }
    Reach reach = reach(attribute);
    return reach.complete ? Collections.unmodifiableSortedSet(reach.passed) : null;
  }

  /** The columns of sources behind all of these; null where those of one of them cannot be told. */
  public SortedSet<String> sourcesOf(Iterable<String> columns) {
    SortedSet<String> all = new TreeSet<>();
    for (String column : columns) {
      SortedSet<String> sources = sourcesOf(column);
      if (sources == null) {
        return null;
      }
      all.addAll(sources);
    }
    return all;
  }

  /**
   * Whether a function of a spark.ml transformer or model is on the way to the column. Said too
   * where it cannot be told.
   */
  public boolean writtenByModel(String column) {
    Object attribute = attribute(column);
    if (attribute == null) {
      return true;
    }
    Reach reach = reach(attribute);
    return reach.passesModel || !reach.complete;
  }

  /**
   * The slots of a vector column.
   *
   * @param size how many slots it is known to have, -1 where that is not known. Where the plan
   *     speaks of another number, each slot comes from all that the column comes from.
   */
  public Slots slotsOf(String column, int size) {
    SlotView view = null;
    Object attribute = attribute(column);
    SortedSet<String> sources = attribute == null ? null : reach(attribute).sources();
    if (attribute != null) {
      view = new SlotViews(this).of(attribute);
      if (size >= 0 && view.size() >= 0 && size != view.size()) {
        view = null;
      }
    }
    if (view == null) {
      view = SlotView.whole(size, sources);
    }
    return new Slots(column, size >= 0 ? size : view.size(), view);
  }

  /** The column of the plan that has this name, as Spark finds it; null for none. */
  Object attribute(String column) {
    Object found = null;
    for (Object attribute : Columns.output(plan)) {
      String name = Expressions.name(attribute);
      if (name.equals(column)) {
        return attribute;
      }
      if (found == null && name.equalsIgnoreCase(column)) {
        found = attribute;
      }
    }
    return found;
  }

  Columns.Definition definition(Object attribute) {
    return columns.of(Expressions.id(attribute));
  }

  /** The dataset whose rows a leaf has, where its plan does not tell; null for none. */
  ColumnLineage behind(Object leaf) {
    if (depth >= MAX_ORIGINS) {
      return null;
    }
    if (!behind.containsKey(leaf)) {
      Object origin = origins.planBehind(leaf);
      behind.put(
          leaf,
          origin == null || origin == plan
              ? null
              : new ColumnLineage(origin, origins, limit, depth + 1));
    }
    return behind.get(leaf);
  }

  /** What an expression reaches. */
  static final class Reach {
    private final SortedSet<String> names = new TreeSet<>();

    /** Of all columns on the way. */
    private final SortedSet<String> passed = new TreeSet<>();

    private boolean passesModel;
    private boolean complete = true;

    SortedSet<String> sources() {
      return complete ? Collections.unmodifiableSortedSet(names) : null;
    }
  }

  Reach reach(Object expression) {
    Reach reach = new Reach();
    Set<Long> seen = new HashSet<>();
    Deque<Object> open = new ArrayDeque<>();
    open.push(expression);
    for (int n = 0; !open.isEmpty(); n++) {
      if (n > MAX_EXPRESSIONS || (n % 256 == 0 && limit.isOver())) {
        reach.complete = false;
        break;
      }
      Object next = open.pop();
      if (Expressions.isAttribute(next)) {
        if (seen.add(Expressions.id(next))) {
          follow(next, reach, open);
        }
        continue;
      }
      reach.passesModel |= Expressions.transformer(next) != null;
      Object subquery = Plans.kind(next).endsWith("ubquery") ? Reflect.call(next, "plan") : null;
      if (subquery != null) {
        columns.add(subquery);
        Columns.output(subquery).forEach(open::push);
      }
      Plans.children(next).forEach(open::push);
    }
    return reach;
  }

  private void follow(Object attribute, Reach reach, Deque<Object> open) {
    reach.passed.add(Expressions.name(attribute));
    Columns.Definition definition = definition(attribute);
    if (definition == null) {
      reach.complete = false;
      return;
    }
    if (definition.expression != null) {
      open.push(definition.expression);
    }
    definition.parts.forEach(open::push);
    if (definition.leaf != null) {
      ColumnLineage origin = behind(definition.leaf);
      Object source = origin == null ? null : origin.attribute(definition.name);
      if (source == null) {
        reach.names.add(definition.name);
      } else {
        Reach further = origin.reach(source);
        reach.names.addAll(further.names);
        reach.passed.addAll(further.passed);
        reach.passesModel |= further.passesModel;
        reach.complete &= further.complete;
      }
    }
  }
}
