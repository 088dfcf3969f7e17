package io.modeldb.spark.capture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import scala.reflect.ClassTag;

/**
 * Reads logical plans without naming their types: Dataset moved between Spark 3 and 4, and children
 * are Scala collections.
 */
public final class Plans {
  /** Nodes of a plan that are looked at; expressions have the same limit for each. */
  public static final int MAX_NODES = 1000;

  private static final ClassValue<String> KINDS =
      new ClassValue<String>() {
        @Override
        protected String computeValue(Class<?> type) {
          String whole = type.getName();
          // A Scala object's class ends so.
          String name = whole.endsWith("$") ? whole.substring(0, whole.length() - 1) : whole;
          return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
        }
      };

  private Plans() {}

  /** The analysed plan of a dataset, which Spark made when the dataset was made; or null. */
  public static Object analyzed(Object dataset) {
    return Reflect.call(Reflect.call(dataset, "queryExecution"), "analyzed");
  }

  /** The children of a plan or an expression. */
  public static List<Object> children(Object node) {
    return list(Reflect.call(node, "children"));
  }

  /**
   * The highest nodes of a plan that are what is looked for, none of them below another.
   *
   * @param most nodes that are looked at
   */
  public static List<Object> highest(Object top, int most, Predicate<Object> wanted) {
    List<Object> found = new ArrayList<>();
    Deque<Object> open = new ArrayDeque<>();
    if (top != null) {
      open.push(top);
    }
    for (int nodes = 0; !open.isEmpty() && nodes < most; nodes++) {
      Object node = open.pop();
      if (wanted.test(node)) {
        found.add(node);
      } else {
        children(node).forEach(open::push);
      }
    }
    return found;
  }

  /** The elements of a Scala collection; empty for what is none. */
  public static List<Object> list(Object collection) {
    if (collection == null) {
      return Collections.emptyList();
    }
    // One call for all: the n-th element of a List costs n steps.
    Object all = Reflect.call(collection, "toArray", ClassTag.class, AnyRef.TAG);
    return all instanceof Object[] ? Arrays.asList((Object[]) all) : Collections.emptyList();
  }

  /** A Scala List of these. */
  public static Object scalaList(Object[] elements) {
    Object wrapped = Reflect.call(Predef.OBJECT, "wrapRefArray", Object[].class, elements);
    return Reflect.call(wrapped, "toList");
  }

  /** A Scala Vector of these, which is a function of their numbers, too. */
  public static Object scalaVector(Object[] elements) {
    Object wrapped = Reflect.call(Predef.OBJECT, "wrapRefArray", Object[].class, elements);
    return Reflect.call(wrapped, "toVector");
  }

  /** Apart, so that nothing of Scala is loaded before it is needed. */
  private static final class AnyRef {
    static final Object TAG = scala.reflect.ClassTag$.MODULE$.AnyRef();
  }

  private static final class Predef {
    static final Object OBJECT = scala.Predef$.MODULE$;
  }

  /** What an Option holds, or null. */
  public static Object option(Object option) {
    return Boolean.TRUE.equals(Reflect.call(option, "isDefined"))
        ? Reflect.call(option, "get")
        : null;
  }

  /** The class's name without package, e.g. "Filter". */
  public static String kind(Object node) {
    return KINDS.get(node.getClass());
  }
}
