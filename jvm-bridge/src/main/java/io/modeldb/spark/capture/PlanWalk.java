package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Column;
import io.modeldb.proto.v1.DatasetSeen;
import io.modeldb.proto.v1.Derivation;
import io.modeldb.spark.capture.plan.Functions;
import io.modeldb.spark.capture.plan.Leaf;
import io.modeldb.spark.capture.plan.PlanShape;
import io.modeldb.spark.capture.plan.PlanStep;
import io.modeldb.spark.capture.plan.TimeLimit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Tells how a dataset was made, by walking its plan down to its leaves: each step that tells
 * something is a dataset of its own, told before what was made from it.
 *
 * <p>Spark keeps the analysed plan of a dataset, the very object, inside the plans of all datasets
 * made from it (except where a rule has to rewrite it, as for a join of a dataset with itself). So
 * lineage is found by identity, whatever objects the user or py4j wrap around a plan. A step whose
 * identity was lost is the one that did the same to the same datasets.
 *
 * <p>Two datasets that were met one after the other may come in any order: what is found inside a
 * plan and not told yet is told then, and its own event adds nothing any more.
 */
final class PlanWalk {
  /** Columns of all the steps that one walk tells: of wider ones, fewer. */
  private static final int MAX_COLUMNS = 20_000;

  private static final int MAX_DEPTH = 400;

  /** What is known of plans. */
  interface Known extends Functions {
    /** The dataset that has this very plan, or null. */
    KnownDataset find(Object plan);

    /** The same, with a new id when there is none. */
    KnownDataset register(Object plan);

    /** The plan is that of a dataset that was told before. */
    void alias(Object plan, long id);

    /**
     * The first dataset that was told to be made so, 0 for none; `id`, if any, is now the first.
     */
    long sameSteps(String key, long id);

    /** Whether plans are made anew for every call. */
    boolean sameByPlan();

    /** The dataset that a search divided to make this leaf, or 0. */
    long foldOf(Object leaf);
  }

  private final Known known;
  private final TimeLimit limit;
  private final Consumer<DatasetSeen> out;
  private final PlanShape shape = new PlanShape();
  private int nodes;
  private int columns;
  private boolean cutOff;

  PlanWalk(Known known, long deadlineNanos, Consumer<DatasetSeen> out) {
    this.known = known;
    this.limit = new TimeLimit(deadlineNanos);
    this.out = out;
  }

  /** Whether there was more than the limits allowed to look at. */
  boolean wasCutOff() {
    return cutOff;
  }

  /**
   * Tells a dataset, and all that it was made from as far as nobody has told it.
   *
   * @param schema null for the plan's own
   */
  void tell(Object plan, KnownDataset dataset, StructType schema) {
    if (!dataset.told) {
      DatasetSeen.Builder seen =
          DatasetSeen.newBuilder().setDataset(dataset.id).setName(dataset.name);
      String key = null;
      if (plan != null) {
        try {
          shape.remember(plan);
          key = describe(plan, seen, 0);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
          cutOff = true;
        }
      }
      long first = key == null ? 0 : known.sameSteps(key, dataset.id);
      if (first != 0 && known.sameByPlan()) {
        seen.setSameAs(first);
      }
      addColumns(seen, schema == null ? schema(plan) : schema, MAX_COLUMNS);
      dataset.told = true;
      out.accept(seen.build());
    }
  }

  private boolean isKnown(Object plan) {
    return known.find(plan) != null;
  }

  /** The id of a step inside a plan, told if nobody has; 0 beyond the limits. */
  private long stepOf(Object input, int depth) {
    Object node = shape.step(input, this::isKnown);
    KnownDataset dataset = known.find(node);
    if (dataset != null && dataset.told) {
      return dataset.id;
    }
    if (++nodes > Plans.MAX_NODES || depth > MAX_DEPTH || limit.isOver()) {
      cutOff = true;
      // One that was met and is told later has its id already.
      return dataset == null ? 0 : dataset.id;
    }
    DatasetSeen.Builder seen = DatasetSeen.newBuilder();
    String key = describe(node, seen, depth + 1);
    long first = key == null || dataset != null ? 0 : known.sameSteps(key, 0);
    if (first != 0) {
      known.alias(node, first);
      return first;
    }
    seen.setIntermediate(dataset == null);
    dataset = known.register(node);
    if (key != null) {
      known.sameSteps(key, dataset.id);
    }
    if (!dataset.told) {
      dataset.told = true;
      int before = seen.getColumnsCount();
      addColumns(seen, schema(node), MAX_COLUMNS - columns);
      columns += seen.getColumnsCount() - before;
      out.accept(seen.setDataset(dataset.id).build());
    }
    return dataset.id;
  }

  /**
   * Adds how a plan was made.
   *
   * @return by which datasets are the same; null where that cannot be told
   */
  private String describe(Object plan, DatasetSeen.Builder seen, int depth) {
    if (Plans.children(plan).isEmpty()) {
      return describeLeaf(plan, seen);
    }
    PlanStep step = PlanStep.of(plan, this::isKnown, known);
    StringBuilder key = new StringBuilder(step.key());
    boolean certain = true;
    Map<Long, Derivation> parents = new LinkedHashMap<>();
    for (Object input : step.inputs()) {
      long parent = stepOf(input, depth);
      certain &= parent != 0;
      key.append('<').append(parent);
      parents.putIfAbsent(parent, derivation(parent, step, step.operation()));
    }
    for (Object subquery : step.subqueries()) {
      shape.remember(subquery);
      long parent = stepOf(subquery, depth);
      certain &= parent != 0;
      key.append('?').append(parent);
      parents.putIfAbsent(parent, derivation(parent, step, "subquery"));
    }
    seen.addAllDerivedFrom(parents.values());
    return certain ? key.toString() : null;
  }

  private static Derivation derivation(long parent, PlanStep step, String operation) {
    boolean subquery = operation.equals("subquery");
    return Derivation.newBuilder()
        .setParent(parent)
        .setOperation(operation)
        .setDetail(subquery ? "" : step.detail())
        .setSplit(step.isSplit() && !subquery)
        .setDigest(step.digest())
        .build();
  }

  private String describeLeaf(Object leaf, DatasetSeen.Builder seen) {
    long divided = known.foldOf(leaf);
    if (divided != 0) {
      seen.addDerivedFrom(
          Derivation.newBuilder()
              .setParent(divided)
              .setOperation("split")
              .setDetail("fold")
              .setSplit(true));
      return null;
    }
    seen.addAllSources(Leaf.sources(leaf));
    String digest = Leaf.digest(leaf);
    if (seen.getSourcesCount() == 0) {
      seen.setDigest(digest);
    }
    if (known.sameByPlan()) {
      return Leaf.key(leaf);
    }
    return digest.isEmpty() ? null : digest;
  }

  private static StructType schema(Object plan) {
    Object schema = Reflect.call(plan, "schema");
    return schema instanceof StructType ? (StructType) schema : new StructType();
  }

  private static void addColumns(DatasetSeen.Builder seen, StructType schema, int most) {
    StructField[] fields = schema.fields();
    for (int i = 0; i < Math.min(fields.length, most); i++) {
      seen.addColumns(
          Column.newBuilder()
              .setName(Texts.cut(fields[i].name(), Texts.MAX_DETAIL))
              .setType(Texts.cut(fields[i].dataType().simpleString(), Texts.MAX_DETAIL)));
    }
  }
}
