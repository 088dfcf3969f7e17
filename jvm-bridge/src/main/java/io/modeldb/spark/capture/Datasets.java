package io.modeldb.spark.capture;

import io.modeldb.spark.capture.plan.ColumnLineage;
import io.modeldb.spark.capture.plan.Leaf;
import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.Dataset;

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
  private final WeakIdentityMap<KnownDataset> byObject = new WeakIdentityMap<>(LIMIT);
  private final WeakIdentityMap<KnownDataset> byPlan = new WeakIdentityMap<>(LIMIT);
  private final Map<Long, WeakReference<Object>> recent = new Newest<>(MAX_RECENT);

  /** By the RDD of a fold, the search's dataset. */
  private final WeakIdentityMap<Fold> folds = new WeakIdentityMap<>(LIMIT);

  /** What the program calls datasets that were not met yet. */
  private final WeakIdentityMap<String> names = new WeakIdentityMap<>(LIMIT);

  /** By what a step does and to which datasets. */
  private final Map<String, Long> bySteps = new Newest<>(LIMIT);

  private volatile boolean plansAreNew;

  /** What a search has divided to make a fold. */
  static final class Fold {
    final long dataset;
    final WeakReference<Object> plan;

    Fold(long dataset, WeakReference<Object> plan) {
      this.dataset = dataset;
      this.plan = plan;
    }
  }

  private static final class Newest<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int limit;

    Newest(int limit) {
      this.limit = limit;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > limit;
    }
  }

  Datasets(Run run) {
    this.run = run;
  }

  /**
   * From now on plans are made anew for every call, as a Connect server does: datasets are the same
   * when their plans do the same.
   */
  void plansAreNew() {
    plansAreNew = true;
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
    KnownDataset known = byObject.get(dataset);
    if (known != null) {
      return known.id;
    }
    Object plan = Plans.analyzed(dataset);
    Object identity = plan == null ? dataset : Leaf.identity(plan);
    // Taken together with the offer, so that no other thread names it before it is told.
    synchronized (this) {
      known = plan == null ? byObject.get(dataset) : byPlan.get(identity);
      if (known == null) {
        known = new KnownDataset(IDS.incrementAndGet());
        String name = names.get(identity);
        known.name = name == null ? "" : name;
        rememberFold(identity, plan, within);
        if (!run.offer(new SeenDataset(run, known, ((Dataset<?>) dataset).schema(), plan))) {
          return 0;
        }
        remember(identity, plan, known);
      }
      byObject.put(dataset, known);
      return known.id;
    }
  }

  /** What the program calls a dataset; the first name counts, and none once it was told. */
  void called(Object dataset, String name) {
    Object plan = dataset instanceof Dataset ? Plans.analyzed(dataset) : null;
    if (plan == null) {
      return;
    }
    Object identity = Leaf.identity(plan);
    synchronized (this) {
      KnownDataset known = byPlan.get(identity);
      if (known == null) {
        names.put(identity, name);
      } else if (known.name.isEmpty()) {
        known.name = name;
      }
    }
  }

  /** The id of the dataset that a plan is, like that of a dataset. */
  long idOfPlan(Object plan) {
    Object identity = Leaf.identity(plan);
    synchronized (this) {
      KnownDataset known = byPlan.get(identity);
      if (known == null) {
        known = new KnownDataset(IDS.incrementAndGet());
        if (!run.offer(new SeenDataset(run, known, null, plan))) {
          return 0;
        }
        remember(identity, plan, known);
      }
      return known.id;
    }
  }

  private void remember(Object identity, Object plan, KnownDataset known) {
    if (plan != null) {
      byPlan.put(identity, known);
      recent.put(known.id, new WeakReference<>(plan));
    }
  }

  /** The dataset that has this very plan; 0 for none. */
  long datasetOf(Object plan) {
    KnownDataset known = find(plan);
    return known == null ? 0 : known.id;
  }

  @Override
  public KnownDataset find(Object plan) {
    return byPlan.get(Leaf.identity(plan));
  }

  @Override
  public synchronized KnownDataset register(Object plan) {
    Object identity = Leaf.identity(plan);
    KnownDataset known = byPlan.get(identity);
    if (known == null) {
      known = new KnownDataset(IDS.incrementAndGet());
      remember(identity, plan, known);
    }
    return known;
  }

  @Override
  public synchronized void alias(Object plan, long id) {
    KnownDataset known = new KnownDataset(id);
    known.told = true;
    remember(Leaf.identity(plan), plan, known);
  }

  @Override
  public synchronized long sameSteps(String key, long id) {
    Long first = bySteps.get(key);
    if (first == null && id != 0) {
      bySteps.put(key, id);
    }
    return first == null ? 0 : first;
  }

  @Override
  public boolean sameByPlan() {
    return plansAreNew;
  }

  @Override
  public long foldOf(Object leaf) {
    Fold fold = folds.get(Leaf.identity(leaf));
    return fold == null ? 0 : fold.dataset;
  }

  @Override
  public String nameOf(Object expression) {
    return FunctionNames.of(expression, run.models(), plansAreNew);
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
    Fold fold = folds.get(Leaf.identity(leaf));
    return fold == null ? null : fold.plan.get();
  }

  private void rememberFold(Object identity, Object plan, long within) {
    WeakReference<Object> behind = within == 0 ? null : recent.get(within);
    // A leaf that has an RDD.
    if (behind != null && plan != null && identity != plan && Reflect.call(plan, "rdd") != null) {
      folds.put(identity, new Fold(within, behind));
    }
  }
}
