package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import io.modeldb.spark.capture.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The rows with the lowest hashes of the newest base datasets, kept in the driver: what a model
 * makes of them costs no second scan, and only these rows go through its stages.
 *
 * <p>Kept with all columns, since nobody knows what stages need. Used by one thread.
 */
final class RootRows {
  private static final int MAX_ROOTS = 4;
  private static final int MAX_UNFIT = 10_000;

  /** Bytes of the rows that are kept of one dataset. */
  static final long MAX_BYTES = 8L << 20;

  /** The part of the driver's heap that they may take, where that is less. */
  private static final int HEAP_PART = 64;

  private final Run run;
  private final int rows;
  private final Map<String, Kept> kept = Newest.used(MAX_ROOTS);
  private final Set<String> unfit = Collections.newSetFromMap(new Newest<>(MAX_UNFIT));

  /** Rows of one dataset, from the lowest hash up. */
  private static final class Kept {
    final List<Object> stamps;
    final StructType schema;
    final InternalRow[] rows;
    final String method;

    Kept(List<Object> stamps, StructType schema, InternalRow[] rows, String method) {
      this.stamps = stamps;
      this.schema = schema;
      this.rows = rows;
      this.method = method;
    }
  }

  RootRows(Run run, SampleSettings settings) {
    this.run = run;
    this.rows = Math.max(settings.predictionRows, settings.rows);
  }

  /** Whether rows of a base dataset are kept, if it has not changed since. */
  boolean has(long root) {
    return kept.keySet().stream().anyMatch(key -> key.startsWith(root + " "));
  }

  /**
   * Asks for a sample of a cheap dataset that is made from a base dataset.
   *
   * @param planned of the dataset
   * @param query of the dataset
   * @param limit the most rows that it may give
   * @return null when the dataset itself has to be asked
   * @throws Exception of a job: the dataset has the same rows, and would fail as well
   */
  SampleRows ask(
      JobLimit.Turn turn,
      Dataset<?> data,
      CheapPlan planned,
      long root,
      SampleQuery query,
      int limit)
      throws Exception {
    Jobs jobs = new Jobs(turn);
    try {
      RowSteps steps = RowSteps.of(Plans.analyzed(data), plan -> run.datasetOf(plan) == root);
      if (steps == null || !query.idColumns().stream().allMatch(steps::keep)) {
        return null;
      }
      Dataset<?> below = PlanRows.dataset(data, steps.below());
      // Each time: what was computed and cached since is not to be computed again.
      CheapPlan plan = CheapData.plan(below);
      if (plan == null || !isNearer(plan, planned)) {
        return null;
      }
      below = plan.dataset(below);
      if (below == null) {
        return null;
      }
      List<Object> stamps = FileStamps.of(plan, CheapData.hadoop(data));
      String key = root + " " + query.idColumns();
      Kept of = kept.get(key);
      if (of != null && !of.stamps.equals(stamps)) {
        kept.remove(key);
        of = null;
      }
      if (of == null && !unfit.contains(key)) {
        of = take(jobs, key, stamps, plan, below, query);
      }
      if (of == null || !of.schema.equals(below.schema())) {
        return null;
      }
      InternalRow[] first = Arrays.copyOf(of.rows, Math.min(limit, of.rows.length));
      Object rowsAlone = PlanRows.relation(steps.below(), first);
      // Left to itself the optimizer would run the stages, and hold what each makes of all rows.
      Dataset<?> oneTask = PlanRows.dataset(data, rowsAlone).coalesce(1);
      Dataset<?> local = PlanRows.dataset(data, steps.over(Plans.analyzed(oneTask)));
      Dataset<Row> asked = PlanRows.settled(query.on(local).inOrder());
      List<Row> found = jobs.run(asked::collectAsList);
      boolean whole = of.rows.length < rows && first.length == of.rows.length;
      // Where stages drop some rows, the others do; where they drop most, there are more to find.
      return whole || 2 * found.size() >= limit
          ? new SampleRows(query.columns(), found, of.method)
          : null;
    } catch (Exception | LinkageError e) {
      if (jobs.failed) {
        throw e;
      }
      return null; // Parts of Spark are not as they are known.
    }
  }

  /** Tells a job that failed from what failed before it. */
  private static final class Jobs {
    final JobLimit.Turn turn;
    boolean failed;

    Jobs(JobLimit.Turn turn) {
      this.turn = turn;
    }

    <T> T run(Callable<T> job) throws Exception {
      failed = true;
      T result = turn.run(job);
      failed = false;
      return result;
    }
  }

  /** Not when the dataset comes out of a cache and what it was made from does not. */
  private static boolean isNearer(CheapPlan root, CheapPlan data) {
    return data.cache() == null || data.cache() == root.cache();
  }

  /** Null when they cannot be kept, which is not tried again. */
  private Kept take(
      Jobs jobs,
      String key,
      List<Object> stamps,
      CheapPlan plan,
      Dataset<?> root,
      SampleQuery query)
      throws Exception {
    unfit.add(key);
    SampleQuery ofRoot = query.on(root);
    if (!ofRoot.idColumns().equals(query.idColumns())) {
      return null;
    }
    // All its columns are read, also those that the sampled dataset has not.
    Set<String> tooWide = CheapData.columnsNotToRead(plan, root, jobs.turn.spark());
    if (tooWide == null || !tooWide.isEmpty()) {
      return null;
    }
    Kept taken;
    try {
      taken = jobs.run(() -> lowest(root, ofRoot, stamps));
    } catch (JobLimit.StoppedException e) {
      unfit.remove(key);
      throw e;
    }
    if (taken == null) {
      return null;
    }
    unfit.remove(key);
    kept.put(key, taken);
    return taken;
  }

  /** Null when they are too large to be kept. */
  private Kept lowest(Dataset<?> root, SampleQuery query, List<Object> stamps) throws Exception {
    long most = Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / HEAP_PART);
    RowWidth width = RowWidth.of(root.schema(), name -> SampleQuery.column(root, name));
    if (width == null || width.fixed() > most / rows) {
      return null;
    }
    List<Column> columns = new ArrayList<>();
    for (StructField field : root.schema().fields()) {
      columns.add(SampleQuery.column(root, field.name()));
    }
    Column row = functions.struct(columns.toArray(new Column[0]));
    Column whole = functions.when(width.isAtMost(most / rows), row).alias("modeldb_row");
    SampleQuery.Lowest lowest = query.lowest(Arrays.asList(whole), rows);
    InternalRow[] found = PlanRows.collect(PlanRows.settled(lowest.rows));
    long bytes = 0;
    for (int i = 0; i < found.length; i++) {
      if (found[i].isNullAt(0)) {
        return null;
      }
      found[i] = found[i].getStruct(0, columns.size());
      Object size = Reflect.call(found[i], "getSizeInBytes");
      bytes += size instanceof Integer ? (Integer) size : most;
    }
    return bytes > most ? null : new Kept(stamps, root.schema(), found, lowest.part.method);
  }
}
