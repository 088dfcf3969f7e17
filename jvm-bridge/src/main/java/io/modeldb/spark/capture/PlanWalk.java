package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Derivation;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds which datasets a dataset was made from, by walking its plan down to plans that are known.
 *
 * <p>Spark keeps the analysed plan of a dataset, the very object, inside the plans of all datasets
 * made from it (except where a rule has to rewrite it, as for a join of a dataset with itself). So
 * lineage is found by identity, whatever objects the user or py4j wrap around a plan.
 */
final class PlanWalk {
  static final int MAX_NODES = 1000;
  private static final int MAX_DEPTH = 500;

  /** Which dataset has this very plan; 0 for none. */
  interface Known {
    long datasetOf(Object plan);
  }

  private static final class Visit {
    final Object node;
    final PlanStep step;
    final int depth;

    Visit(Object node, PlanStep step, int depth) {
      this.node = node;
      this.step = step;
      this.depth = depth;
    }
  }

  private final Map<Long, Derivation> parents = new LinkedHashMap<>();
  private final Map<Long, PlanStep> ways = new HashMap<>();

  /** A way through a split to something that is not known. */
  private PlanStep splitOfUnknown;

  private boolean cutOff;

  /** Walks from the top until known plans, the limits, or the deadline. */
  static PlanWalk from(Object plan, long dataset, Known known, long deadlineNanos) {
    PlanWalk walk = new PlanWalk();
    walk.run(plan, dataset, known, deadlineNanos);
    return walk;
  }

  /** The known parents; where there are none, that it is a split of something, if it is. */
  Collection<Derivation> parents() {
    if (parents.isEmpty() && splitOfUnknown != null) {
      return Collections.singletonList(splitOfUnknown.from(0));
    }
    return parents.values();
  }

  /** Whether there was more than the limits allowed to look at. */
  boolean wasCutOff() {
    return cutOff;
  }

  private void run(Object top, long dataset, Known known, long deadline) {
    Deque<Visit> open = new ArrayDeque<>();
    push(open, new Visit(top, PlanStep.NONE, 0));
    int nodes = 0;
    while (!open.isEmpty()) {
      if (++nodes > MAX_NODES || System.nanoTime() - deadline > 0) {
        cutOff = true;
        return;
      }
      Visit visit = open.pop();
      long parent = known.datasetOf(visit.node);
      // A dataset that was met later cannot be an ancestor that anybody has heard of.
      if (parent != 0 && parent < dataset) {
        found(parent, visit.step);
      } else if (visit.depth < MAX_DEPTH) {
        push(open, visit);
      } else {
        cutOff = true;
      }
    }
  }

  private void push(Deque<Visit> open, Visit visit) {
    List<Object> children = Plans.children(visit.node);
    PlanStep step = visit.step.through(visit.node);
    if (children.isEmpty() && splitOfUnknown == null && step.passesSplit()) {
      splitOfUnknown = step;
    }
    for (int i = children.size() - 1; i >= 0; i--) {
      open.push(new Visit(children.get(i), step, visit.depth + 1));
    }
  }

  private void found(long parent, PlanStep step) {
    PlanStep other = ways.putIfAbsent(parent, step);
    if (other == null) {
      parents.put(parent, step.from(parent));
    } else if (!other.sameAs(step)) {
      parents.put(parent, other.besides(step, parent));
    }
  }
}
