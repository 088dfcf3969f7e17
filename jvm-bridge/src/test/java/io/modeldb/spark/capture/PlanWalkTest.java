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

class PlanWalkTest {
  /** Looks like a Scala collection. */
  public static final class Children {
    private final List<Object> nodes;

    Children(Object... nodes) {
      this.nodes = Arrays.asList(nodes);
    }

    public int size() {
      return nodes.size();
    }

    public Object apply(int i) {
      return nodes.get(i);
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
