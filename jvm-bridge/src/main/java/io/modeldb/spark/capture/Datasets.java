package io.modeldb.spark.capture;

import io.modeldb.spark.capture.plan.ColumnLineage;
import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * Names of the datasets of a run.
 *
 * <p>A dataset is known by its object and by its analysed plan: py4j and Spark wrap one plan in
 * many objects. Both are held weakly. The plan outlives its dataset as long as a dataset made from
 * it lives, since it is a part of that one's plan.
 */
final class Datasets implements PlanWalk.Known, ColumnLineage.Origins {
  private static final int LIMIT = 20_000;

  /** Datasets whose plan can be found by their id: those of searches are among the newest. */
  private static final int MAX_RECENT = 1000;

  private static final AtomicLong IDS = new AtomicLong();

  private final Run run;
  private final WeakIdentityMap<Long> byObject = new WeakIdentityMap<>(LIMIT);
  private final WeakIdentityMap<Long> byPlan = new WeakIdentityMap<>(LIMIT);

  private final Map<Long, WeakReference<Object>> recent =
      new LinkedHashMap<Long, WeakReference<Object>>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, WeakReference<Object>> eldest) {
          return size() > MAX_RECENT;
        }
      };

  /** By the RDD of a fold, the plan of the dataset that its search divides. */
  private final WeakIdentityMap<WeakReference<Object>> folds = new WeakIdentityMap<>(LIMIT);

  Datasets(Run run) {
    this.run = run;
  }

  /**
   * The id of a dataset, told to the agent when it is met for the first time. Runs no job and walks
   * no plan.
   *
   * @param within the dataset of the search that this one is used in, if any: a fold is made from
   *     an RDD, and its plan knows nothing of where it came from
   * @return 0 when it could not be told
   */
  long idOf(Object dataset, long within) {
    if (!(dataset instanceof Dataset)) {
      return 0;
    }
    Long known = byObject.get(dataset);
    if (known != null) {
      return known;
    }
    Object plan = Plans.analyzed(dataset);
    StructType schema = ((Dataset<?>) dataset).schema();
    // Taken together with the offer, so that no other thread names it before it is told.
    synchronized (this) {
      known = plan == null ? byObject.get(dataset) : byPlan.get(plan);
      if (known != null) {
        byObject.put(dataset, known);
        return known;
      }
      long id = IDS.incrementAndGet();
      if (!run.offer(new SeenDataset(run, id, schema, plan, within))) {
        return 0;
      }
      byObject.put(dataset, id);
      if (plan != null) {
        byPlan.put(plan, id);
        recent.put(id, new WeakReference<>(plan));
        rememberFold(plan, within);
      }
      return id;
    }
  }

  /**
   * Where the columns of an analysed plan come from. Walks the plan: not on a thread of the user's
   * or of Spark's.
   */
  ColumnLineage lineage(Object plan, long deadlineNanos) {
    return ColumnLineage.of(plan, this, deadlineNanos);
  }

  @Override
  public Object planBehind(Object leaf) {
    Object rdd = Reflect.call(leaf, "rdd");
    WeakReference<Object> behind = rdd == null ? null : folds.get(rdd);
    return behind == null ? null : behind.get();
  }

  private void rememberFold(Object plan, long within) {
    WeakReference<Object> behind = within == 0 ? null : recent.get(within);
    Object rdd = behind == null ? null : Reflect.call(plan, "rdd");
    if (rdd != null) {
      folds.put(rdd, behind);
    }
  }

  @Override
  public long datasetOf(Object plan) {
    Long id = byPlan.get(plan);
    return id == null ? 0 : id;
  }
}
