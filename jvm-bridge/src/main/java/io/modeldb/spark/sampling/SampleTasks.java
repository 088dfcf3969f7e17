package io.modeldb.spark.sampling;

import io.modeldb.proto.v1.Component;
import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.Param;
import io.modeldb.proto.v1.PredictionsSampled;
import io.modeldb.proto.v1.Sampled;
import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What is sampled of a training set and of an evaluation; on the sampler's thread.
 *
 * <p>Rows belong to the base dataset: the one that went into the first of the transforms. Its
 * columns that no model wrote make a row's id, so every model that is scored on it keeps the same
 * rows, and each of them is told once.
 */
final class SampleTasks {
  /** Base datasets, and models on them, that are remembered as done. */
  private static final int MAX_DONE = 10_000;

  /** Base datasets whose rows are remembered as told. */
  private static final int MAX_TOLD = 100;

  private static final int MAX_PLAN_NODES = 2000;

  private final Run run;
  private final SampleSettings settings;
  private final Scoring.Chain chain;
  private final JobLimit jobs;
  private final Budget budget;
  private final RootRows rootRows;
  private final Set<String> done = Collections.newSetFromMap(new Newest<>(MAX_DONE));
  private final Set<String> gaveWay = Collections.newSetFromMap(new Newest<>(MAX_DONE));
  private final Map<Long, Set<String>> tooWide = new Newest<>(MAX_DONE);
  private final Map<Long, Set<String>> told = new Newest<>(MAX_TOLD);

  SampleTasks(Run run, SampleSettings settings, Scoring.Chain chain, JobLimit jobs, Budget budget) {
    this.run = run;
    this.settings = settings;
    this.chain = chain;
    this.jobs = jobs;
    this.budget = budget;
    this.rootRows = new RootRows(run, settings);
  }

  /** Whether nothing of a sample may be felt. */
  boolean mustBeCheap() {
    return settings.mode == SampleSettings.Mode.CHEAP;
  }

  void training(Dataset<?> data, long dataset, boolean wasPutOff) throws Exception {
    Scoring last = chain.of(dataset);
    Scoring first = last == null ? null : chain.first(last);
    long root = first == null ? dataset : first.input;
    once("train " + root, wasPutOff, () -> sampleTraining(data, last, first, root));
  }

  private void sampleTraining(Dataset<?> data, Scoring last, Scoring first, long root)
      throws Exception {
    Dataset<?> base = first == null ? null : first.inputData();
    // Cached is often what stages made of it, and not what it was made from.
    boolean byBase = base != null && (!mustBeCheap() || CheapData.plan(base) != null);
    Dataset<?> asked = byBase ? base : data;
    Set<String> columns =
        byBase ? names(first.inputSchema) : rootColumns(data, root, last, names(data.schema()));
    ColumnOrigins origins = new ColumnOrigins(run, asked, settings.excluded);
    SampleRows rows =
        take(
            asked,
            root,
            base(columns, origins),
            columns,
            origins,
            Collections.emptySet(),
            settings.rows,
            first != null,
            "training set");
    if (rows != null) {
      tell(rows, root, "train", all(rows.size()), columns);
    }
  }

  void evaluation(Component evaluator, Dataset<?> evaluated, long dataset, boolean wasPutOff)
      throws Exception {
    Scoring last = scoringOf(evaluated, dataset);
    long root = last == null ? dataset : chain.first(last).input;
    String measured = param(evaluator, "predictionCol");
    String named = measured != null ? measured : param(evaluator, "rawPredictionCol");
    Scoring writer = last == null ? null : chain.writer(last, named);
    writer = writer == null ? last : writer;
    long model = writer == null ? 0 : writer.model;
    Scoring said = writer;
    once(
        "test " + root + " " + model,
        wasPutOff,
        () -> sampleEvaluation(evaluator, evaluated, root, last, said, measured));
  }

  private void sampleEvaluation(
      Component evaluator,
      Dataset<?> evaluated,
      long root,
      Scoring last,
      Scoring writer,
      String measured)
      throws Exception {
    long model = writer == null ? 0 : writer.model;
    Dataset<?> scored = last == null ? evaluated : last.outputData();
    scored = scored == null ? evaluated : scored;
    ColumnOrigins origins = new ColumnOrigins(run, scored, settings.excluded);
    Set<String> all = names(scored.schema());
    Set<String> base = base(rootColumns(scored, root, last, all), origins);
    String label = param(evaluator, "labelCol");
    String prediction = measured == null && writer != null ? writer.prediction : measured;
    String probability = writer == null ? null : writer.probability;
    probability = probability == null ? param(evaluator, "probabilityCol") : probability;
    Set<String> said = new HashSet<>(Arrays.asList(prediction, probability));
    int limit = Math.max(settings.predictionRows, settings.rows);
    SampleRows rows =
        take(scored, root, base, all, origins, said, limit, last != null, "scored rows");
    if (rows == null) {
      return;
    }
    tellNew(rows, root, base);
    if (writer == null) {
      return;
    }
    if (model != 0) {
      int most = Math.min(settings.predictionRows, rows.size());
      tell(rows.predictions(model, root, most, label, prediction, probability), most);
    }
    Set<String> written = new LinkedHashSet<>(all);
    written.removeAll(base);
    int stageRows = Math.min(settings.rows, rows.size());
    tell(rows, last.output, "stage", all(stageRows), written);
  }

  /** Something that may fail in any way. */
  interface Work {
    void run() throws Exception;
  }

  /** There is no time for a sample yet. */
  static final class TooEarlyException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The base dataset whose rows would be enough, if they are kept by then; 0 for none. */
    final long root;

    /** What has to be read otherwise. */
    final long bytes;

    TooEarlyException(long root, long bytes) {
      this.root = root;
      this.bytes = bytes;
    }
  }

  /**
   * Does it the first time that it is asked for; once more when it gave way then.
   *
   * @param wasPutOff whether it was asked for already, too early
   */
  private void once(String what, boolean wasPutOff, Work work) throws Exception {
    if (!done.add(what) && !wasPutOff) {
      return;
    }
    try {
      work.run();
    } catch (JobLimit.GaveWayException e) {
      if (gaveWay.add(what)) {
        done.remove(what);
      }
      throw e;
    }
  }

  /** Whether a sample of a base dataset has nothing to read. */
  boolean keeps(long root) {
    return rootRows.has(root);
  }

  /** The rows of the base dataset that no sample of it has had yet. */
  private void tellNew(SampleRows rows, long root, Set<String> base) {
    Set<String> before = told.computeIfAbsent(root, id -> new LinkedHashSet<>());
    List<Integer> fresh = new ArrayList<>();
    for (int row = 0; row < Math.min(rows.size(), settings.predictionRows); row++) {
      if (!before.contains(rows.ids().get(row))) {
        fresh.add(row);
      }
    }
    int told = tell(rows, root, "test", fresh, base);
    fresh.subList(0, told).forEach(row -> before.add(rows.ids().get(row)));
  }

  /**
   * Null when the dataset is not one to be sampled.
   *
   * @param transformed whether the root is another dataset
   */
  private SampleRows take(
      Dataset<?> data,
      long root,
      Set<String> base,
      Set<String> wanted,
      ColumnOrigins origins,
      Set<String> said,
      int limit,
      boolean transformed,
      String what)
      throws Exception {
    if (data.isStreaming()) {
      run.counts().add("sample_streaming", 1);
      return null;
    }
    boolean cheap = mustBeCheap();
    SparkContext spark = Sampler.spark(data);
    Set<String> unread = Collections.emptySet();
    long bytes = 0;
    boolean inPart = false;
    Dataset<?> asked = data;
    CheapPlan plan = cheap ? CheapData.plan(data) : null;
    if (cheap) {
      unread = agreed(root, base, CheapData.columnsNotToRead(plan, data, spark));
      asked = unread == null ? null : plan.dataset(data);
      if (asked == null) {
        run.counts().add("sample_not_cheap", 1);
        return null;
      }
      bytes = plan.bytes();
      inPart = plan.isReadRowByRow();
    }
    boolean byRoot = cheap && transformed && unread.isEmpty();
    long toScan = inPart ? PartOfData.bytes(bytes, spark) : bytes;
    toScan = byRoot && keeps(root) ? 0 : toScan;
    long estimate = budget.estimate(toScan);
    if (cheap && !budget.allows(estimate)) {
      throw new TooEarlyException(byRoot ? root : 0, toScan);
    }
    SampleQuery query =
        new SampleQuery(
            asked,
            base,
            wanted,
            column -> origins.mustStay(column, said),
            unread,
            inPart ? bytes : 0);
    if (query.leftOut() > 0) {
      run.counts().add("sample_column_left_out", query.leftOut());
    }
    if (query.isEmpty()) {
      return null;
    }
    int rows = query.affordable(limit);
    if (rows < limit) {
      run.counts().add("sample_rows_cut", 1);
    }
    JobLimit.Turn turn =
        jobs.turn(spark, "ModelDB samples " + what, settings.timeoutNanos, cheap, estimate);
    SampleRows found = byRoot ? rootRows.ask(turn, data, plan, root, query, rows) : null;
    if (found == null) {
      SampleQuery.Lowest lowest = query.of(rows);
      Dataset<Row> settled = cheap ? PlanRows.settled(lowest.rows) : lowest.rows;
      List<Row> all = turn.run(settled::collectAsList);
      found = new SampleRows(query.columns(), all, lowest.part.method);
    }
    budget.scanned(toScan);
    return found;
  }

  /**
   * What is not read of one sample of a base dataset is not read of any other, even if it could be
   * by then: else its rows had other ids.
   *
   * @param now the columns that cannot be read of this one; null when none can
   * @return null when this one would need others
   */
  private Set<String> agreed(long root, Set<String> base, Set<String> now) {
    if (now == null) {
      return null;
    }
    Set<String> ofBase = new HashSet<>(now);
    ofBase.retainAll(base);
    Set<String> before = tooWide.putIfAbsent(root, ofBase);
    if (before == null) {
      return now;
    }
    if (!before.containsAll(ofBase)) {
      return null;
    }
    Set<String> both = new HashSet<>(now);
    both.addAll(before);
    return both;
  }

  /** The nearest scoring upstream; null when there is none, or more than one. */
  private Scoring scoringOf(Dataset<?> evaluated, long dataset) {
    Scoring known = chain.of(dataset);
    if (known != null) {
      return known;
    }
    Set<Scoring> nearest = new HashSet<>();
    Object top = Plans.analyzed(evaluated);
    for (Object node : Plans.highest(top, MAX_PLAN_NODES, plan -> scoringOf(plan) != null)) {
      nearest.add(scoringOf(node));
    }
    return nearest.size() == 1 ? nearest.iterator().next() : null;
  }

  private Scoring scoringOf(Object plan) {
    return chain.of(run.datasetOf(plan));
  }

  /**
   * The columns of the scored dataset that its root has, too. Not those that a stage wrote anew
   * under the same name, as far as the root is found in the plan.
   */
  private Set<String> rootColumns(Dataset<?> scored, long root, Scoring last, Set<String> all) {
    if (last == null) {
      return all;
    }
    Set<String> columns = names(chain.first(last).inputSchema);
    columns.retainAll(all);
    Object top = Plans.analyzed(scored);
    Map<String, Object> now = RowSteps.columnIds(top);
    Set<Object> before = new HashSet<>();
    for (Object below : Plans.highest(top, MAX_PLAN_NODES, node -> run.datasetOf(node) == root)) {
      before.addAll(RowSteps.columnIds(below).values());
    }
    if (!before.isEmpty()) {
      columns.removeIf(column -> !before.contains(now.get(column)));
    }
    return columns;
  }

  /** Those that no model wrote; all when models wrote all of them. */
  private static Set<String> base(Set<String> columns, ColumnOrigins origins) {
    Set<String> base = new LinkedHashSet<>(columns);
    base.removeIf(origins::writtenByModel);
    return base.isEmpty() ? columns : base;
  }

  /** How many of the rows were told. */
  private int tell(
      SampleRows rows, long dataset, String role, List<Integer> chosen, Set<String> columns) {
    int told = 0;
    for (Sampled sampled : rows.sampled(dataset, role, chosen, columns)) {
      run.emitSample((Event.Builder event) -> event.setSampled(sampled));
      told += sampled.getRowIdsCount();
    }
    if (told < chosen.size() && rows.has(columns)) {
      run.counts().add("sample_rows_cut", 1);
    }
    return told;
  }

  private void tell(PredictionsSampled sampled, int rows) {
    if (sampled == null) {
      return;
    }
    if (sampled.getRowIdsCount() > 0) {
      run.emitSample((Event.Builder event) -> event.setPredictionsSampled(sampled));
    }
    if (sampled.getRowIdsCount() < rows) {
      run.counts().add("sample_rows_cut", 1);
    }
  }

  private static String param(Component component, String name) {
    for (Param param : component.getParamsList()) {
      if (param.getName().equals(name) && param.getValue().hasText()) {
        return param.getValue().getText();
      }
    }
    return null;
  }

  private static Set<String> names(StructType schema) {
    Set<String> names = new LinkedHashSet<>();
    for (StructField field : schema.fields()) {
      names.add(field.name());
    }
    return names;
  }

  private static List<Integer> all(int rows) {
    return IntStream.range(0, rows).boxed().collect(Collectors.toList());
  }
}
