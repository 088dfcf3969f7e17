package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modeldb.proto.v1.DatasetSeen;
import io.modeldb.proto.v1.Derivation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;

class PlanWalkTest {
  /** Looks like a Scala collection. */
  public static final class Items {
    private final List<Object> items;

    Items(Object... items) {
      this.items = Arrays.asList(items);
    }

    public Object toArray(ClassTag<?> tag) {
      return items.toArray();
    }
  }

  /** Looks like a logical plan of a kind that nobody knows. */
  public static class Node {
    private final Object[] children;

    Node(Object... children) {
      this.children = children;
    }

    public Items children() {
      return new Items(children);
    }
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

    public Items expressions() {
      return new Items(condition);
    }
  }

  /** Looks like a union. */
  public static final class Union extends Node {
    Union(Object... children) {
      super(children);
    }
  }

  /** Looks like a projection. */
  public static final class Project extends Node {
    private final Items list;

    Project(Object child, Object... list) {
      super(child);
      this.list = new Items(list);
    }

    public Items projectList() {
      return list;
    }

    public Items expressions() {
      return list;
    }
  }

  /** Looks like a column with a name. */
  public static final class Alias {
    private final String name;

    Alias(String name) {
      this.name = name;
    }

    public String name() {
      return name;
    }

    public String sql() {
      return "x AS " + name;
    }
  }

  /** Looks like a part of a random split. */
  public static final class Sample extends Node {
    private final double lower;

    Sample(double lower, Object child) {
      super(child);
      this.lower = lower;
    }

    public double lowerBound() {
      return lower;
    }

    public double upperBound() {
      return lower + 0.5;
    }

    public long seed() {
      return 7;
    }
  }

  /** Looks like what a random split puts under its parts. */
  public static final class Sort extends Node {
    Sort(Object child) {
      super(child);
    }

    public boolean global() {
      return false;
    }
  }

  /** Looks like what stands for a name of a plan. */
  public static final class SubqueryAlias extends Node {
    SubqueryAlias(Object child) {
      super(child);
    }
  }

  /** Looks like a call of a function of the user's. */
  public static final class PythonUDF extends Node {}

  /** Knows plans by identity, as Datasets does. */
  private static final class Plain implements PlanWalk.Known {
    private final Map<Object, KnownDataset> plans = new IdentityHashMap<>();
    private final Map<String, Long> steps = new HashMap<>();
    private boolean byPlan;
    private Object fold;
    private long next = 100;

    @Override
    public KnownDataset find(Object plan) {
      return plans.get(plan);
    }

    @Override
    public KnownDataset register(Object plan) {
      return plans.computeIfAbsent(plan, p -> new KnownDataset(next++));
    }

    @Override
    public void alias(Object plan, long id) {
      KnownDataset known = new KnownDataset(id);
      known.told = true;
      plans.put(plan, known);
    }

    @Override
    public long sameSteps(String key, long id) {
      Long first = steps.get(key);
      if (first == null && id != 0) {
        steps.put(key, id);
      }
      return first == null ? 0 : first;
    }

    @Override
    public boolean sameByPlan() {
      return byPlan;
    }

    @Override
    public long foldOf(Object leaf) {
      return leaf == fold ? 5 : 0;
    }

    @Override
    public String nameOf(Object expression) {
      return "@" + System.identityHashCode(expression);
    }
  }

  private final Plain known = new Plain();
  private final List<DatasetSeen> told = new ArrayList<>();

  @Test
  void eachStepIsToldOnceParentsFirst() {
    Node source = met(1);
    Node shared = new Filter("a", source);
    assertEquals(
        Arrays.asList("100 [1 filter a]", "2 [100 filter b]"), tell(2, new Filter("b", shared)));
    assertTrue(told.get(0).getIntermediate());
    assertFalse(told.get(1).getIntermediate());
    assertEquals(Collections.singletonList("3 [100 filter c]"), tell(3, new Filter("c", shared)));
  }

  @Test
  void whatWasMetLaterIsToldBeforeAndNotAgain() {
    Node source = met(1);
    Node later = new Filter("a", source);
    KnownDataset dataset = new KnownDataset(7);
    known.plans.put(later, dataset);
    assertEquals(
        Arrays.asList("7 [1 filter a]", "3 [7 filter b]"), tell(3, new Filter("b", later)));
    assertFalse(told.get(0).getIntermediate());
    told.clear();
    walk().tell(later, dataset, null);
    assertTrue(told.isEmpty());
  }

  @Test
  void partsOfASplitShareTheirParent() {
    Node source = met(1);
    Node sorted = new Sort(new Filter("a", source));
    assertEquals(
        Arrays.asList("100 [1 filter a]", "2 [100 split [0.0, 0.5) seed 7]"),
        tell(2, new Sample(0, sorted)));
    assertEquals(
        Collections.singletonList("3 [100 split [0.5, 1.0) seed 7]"),
        tell(3, new Sample(0.5, sorted)));
    assertTrue(told.get(0).getDerivedFrom(0).getSplit());
  }

  @Test
  void projectionsAreOneStepButForThatWhichMakesFolds() {
    Node source = met(1);
    Node folds =
        new Project(new Project(source, new Alias("a")), new Alias("CrossValidator_1_rand"));
    assertEquals(
        Arrays.asList(
            "100 [1 select x AS a]",
            "101 [100 select x AS CrossValidator_1_rand]",
            "2 [101 select x AS b, x AS c]"),
        tell(2, new Project(new Project(folds, new Alias("b")), new Alias("c"))));
  }

  @Test
  void namesOfPlansAreNoSteps() {
    Node source = met(1);
    assertEquals(
        Collections.singletonList("2 [1 filter a]"),
        tell(2, new Filter("a", new SubqueryAlias(new SubqueryAlias(source)))));
  }

  @Test
  void bothSidesAreParents() {
    Node source = met(1);
    Node copy = new Filter("a", source);
    Node union = new Union(new Filter("a", source), copy);
    // The copy does the same to the same: it is the same. What it chose is not what all rows are.
    assertEquals(Arrays.asList("100 [1 filter a]", "2 [100 union opaque]"), tell(2, union));
    assertEquals(
        Collections.singletonList("3 [1 union , 4 union ]"), tell(3, new Union(source, met(4))));
  }

  @Test
  void whatCannotBeReadIsOpaque() {
    Node source = met(1);
    Node udf = new PythonUDF();
    assertEquals(
        Collections.singletonList("2 [1 filter opaque]"), tell(2, new Filter(udf, source)));
    assertEquals("", told.get(0).getDerivedFrom(0).getDigest());
    tell(3, new Filter("a", source));
    assertEquals(32, told.get(0).getDerivedFrom(0).getDigest().length());
  }

  @Test
  void aFoldIsASplitOfTheSearchsDataset() {
    Node fold = new Node();
    known.fold = fold;
    assertEquals(
        Arrays.asList("100 [5 split fold]", "2 [100 filter a]"), tell(2, new Filter("a", fold)));
  }

  @Test
  void plansThatDoTheSameAreTheSameOnAConnectServer() {
    known.byPlan = true;
    Node source = met(1);
    tell(2, new Filter("a", source));
    tell(3, new Filter("a", source));
    assertEquals(2, told.get(0).getSameAs());
    tell(4, new Filter("b", source));
    assertEquals(0, told.get(0).getSameAs());
  }

  @Test
  void stopsAtTheLimits() {
    Node deep = met(1);
    for (int i = 0; i < 5000; i++) {
      deep = new Node(deep);
    }
    PlanWalk walk = walk();
    walk.tell(deep, new KnownDataset(2), null);
    assertTrue(walk.wasCutOff());
    assertEquals(2, told.get(told.size() - 1).getDataset());
    assertEquals(0, told.get(0).getDerivedFrom(0).getParent());
    PlanWalk late = new PlanWalk(known, System.nanoTime() - 10_000_000_000L, told::add);
    late.tell(new Node(new Node()), new KnownDataset(3), null);
    assertTrue(late.wasCutOff());
  }

  private PlanWalk walk() {
    return new PlanWalk(known, System.nanoTime() + 10_000_000_000L, told::add);
  }

  /** A plan of a dataset that was told before. */
  private Node met(long id) {
    Node node = new Node();
    known.alias(node, id);
    return node;
  }

  private List<String> tell(long id, Node plan) {
    told.clear();
    KnownDataset dataset = new KnownDataset(id);
    known.plans.put(plan, dataset);
    walk().tell(plan, dataset, null);
    return told.stream()
        .map(
            seen ->
                seen.getDataset()
                    + seen.getDerivedFromList().stream()
                        .map(PlanWalkTest::text)
                        .collect(Collectors.joining(", ", " [", "]")))
        .collect(Collectors.toList());
  }

  private static String text(Derivation d) {
    return d.getParent() + " " + d.getOperation() + " " + d.getDetail();
  }
}
