package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modeldb.proto.v1.Derivation;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;

class PlanWalkTest {
  /** Looks like a Scala collection. */
  public static final class Children {
    private final List<Object> nodes;

    Children(Object... nodes) {
      this.nodes = Arrays.asList(nodes);
    }

    public Object toArray(ClassTag<?> tag) {
      return nodes.toArray();
    }
  }

  /** Looks like a logical plan. */
  public static class Node {
    private final Object[] children;

    Node(Object... children) {
      this.children = children;
    }

    public Children children() {
      return new Children(children);
    }
  }

  private final Map<Object, Long> known = new IdentityHashMap<>();

  @Test
  void findsTheNearestKnownPlans() {
    Node source = plan(1);
    Node scored = plan(2, new Node(source));
    Node top = new Node(new Node(scored), new Node());
    assertEquals(Arrays.asList("2 derive"), walk(top, 3));
  }

  @Test
  void findsAllParents() {
    Node left = plan(1);
    Node right = plan(2);
    assertEquals(Arrays.asList("1 derive", "2 derive"), walk(new Node(left, new Node(right)), 3));
  }

  @Test
  void aDatasetMetLaterIsNoParent() {
    Node source = plan(1);
    Node later = plan(7, source);
    assertEquals(Arrays.asList("1 derive"), walk(new Node(later), 3));
  }

  @Test
  void stopsAtTheLimits() {
    Node deep = plan(1);
    for (int i = 0; i < 2000; i++) {
      deep = new Node(deep);
    }
    PlanWalk walk = PlanWalk.from(deep, 2, this::datasetOf, Long.MAX_VALUE);
    assertTrue(walk.wasCutOff());
    assertTrue(PlanWalk.from(deep, 2, this::datasetOf, System.nanoTime() - 1).wasCutOff());
  }

  /** Looks like a filter; its condition has its own text. */
  public static final class Filter extends Node {
    private final Object condition;

    Filter(Object condition, Object... children) {
      super(children);
      this.condition = condition;
    }

    public Object condition() {
      return condition;
    }
  }

  /** Looks like a union. */
  public static final class Union extends Node {
    Union(Object... children) {
      super(children);
    }
  }

  /** Looks like a random split. */
  public static final class Sample extends Node {
    Sample(Object... children) {
      super(children);
    }
  }

  /** Looks like a call of a function of the user's. */
  public static final class PythonUDF extends Node {}

  @Test
  void filtersBeforeAndAfterASplit() {
    Node source = plan(1);
    Node top = new Filter("b", new Sample(new Filter("a", source)));
    Derivation step = onlyStep(top);
    assertEquals("filter", step.getOperation());
    assertEquals("a AND b", step.getDetail());
    assertTrue(step.getSplit());
    assertEquals("b", step.getFiltersAfterSplit());
  }

  @Test
  void aSplitOfSomethingUnknownIsToldAsOne() {
    Derivation step = onlyStep(new Filter("b", new Sample(new Node())));
    assertEquals(0, step.getParent());
    assertTrue(step.getSplit());
    assertEquals("b", step.getFiltersAfterSplit());
  }

  @Test
  void whatCannotBeReadIsOpaque() {
    Node source = plan(1);
    assertEquals("opaque", onlyStep(new Filter(new PythonUDF(), source)).getDetail());
    Derivation union = onlyStep(new Union(new Filter("a", source), new Filter("b", new Node())));
    assertEquals("union", union.getOperation());
    assertEquals("opaque", union.getDetail());
    Derivation ways = onlyStep(new Node(new Filter("a", source), source));
    assertEquals("opaque", ways.getDetail());
  }

  private Derivation onlyStep(Node top) {
    PlanWalk walk = PlanWalk.from(top, 9, this::datasetOf, System.nanoTime() + 1_000_000_000L);
    assertEquals(1, walk.parents().size());
    return walk.parents().iterator().next();
  }

  private Node plan(long id, Object... children) {
    Node node = new Node(children);
    known.put(node, id);
    return node;
  }

  private long datasetOf(Object node) {
    return known.getOrDefault(node, 0L);
  }

  private List<String> walk(Node top, long id) {
    return PlanWalk.from(top, id, this::datasetOf, System.nanoTime() + 1_000_000_000L)
        .parents()
        .stream()
        .map((Derivation d) -> d.getParent() + " " + d.getOperation())
        .collect(Collectors.toList());
  }
}
