package io.modeldb.spark.sampling;

import io.modeldb.proto.v1.Component;
import io.modeldb.spark.capture.Reflect;
import io.modeldb.spark.capture.Run;
import io.modeldb.spark.capture.Sampling;
import io.modeldb.spark.hook.OwnIds;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.expressions.NamedExpression$;
import org.apache.spark.sql.types.StructField;

/**
 * Takes samples of one run, on one daemon thread of its own.
 *
 * <p>Whoever tells of a dataset never waits. Datasets are held as long as they wait for their turn,
 * and what finds no room is counted.
 */
public final class Sampler implements Sampling, Runnable {
  private static final int MAX_WAITING = 32;
  private static final int MAX_STAGES = 1000;
  private static final int MAX_DEPTH = 8;

  /** For how long a sample waits for a moment without a job of the user's. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** For how long there must be none before a sample that gave way is tried again. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long POLL_MILLIS = 100;

  /** How often Spark is asked for its jobs while samples wait for the end of the user's. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

  /**
   * What PySpark's searches call the column by which they draw their folds, and its OneVsRest those
   * of labels and sums.
   */
  private static final Pattern HELPER =
      Pattern.compile(
          "(CrossValidator|TrainValidationSplit)_[0-9a-f]{6,}_rand|mc2b\\$.*|mbc\\$(acc|tmp).*");

  private final Run run;
  private final SampleSettings settings;
  private final Scoring.Chain chain = new Scoring.Chain();
  private final Budget budget;
  private final RunningJobs running;
  private final JobLimit jobs;
  private final SampleTasks tasks;

  /** Used by one thread. */
  private boolean apart;

  // Guarded by `this`.
  private final Deque<Task> waiting = new ArrayDeque<>();
  private long looked = System.nanoTime();
  private boolean started;
  private boolean busy;
  private boolean stopping;
  private boolean closed;

  /** A dataset that waits to be sampled. */
  private static final class Task {
    /** Null for a training set. */
    final Component evaluator;

    final Dataset<?> data;
    final long dataset;
    final ClassLoader loader = Thread.currentThread().getContextClassLoader();
    final long offered = System.nanoTime();

    /** It gave way once; another time there will be none. */
    boolean again;

    /** It was put off until there is time to read so many bytes, or rows of a dataset are kept. */
    boolean putOff;

    long bytes;
    long root;

    Task(Component evaluator, Dataset<?> data, long dataset) {
      this.evaluator = evaluator;
      this.data = data;
      this.dataset = dataset;
    }
  }

  public Sampler(Run run, SampleSettings settings) {
    this.run = run;
    this.settings = settings;
    this.budget = new Budget(settings.budgetNanos, System::nanoTime);
    this.running = new RunningJobs(System::nanoTime, budget::taskEnded);
    this.jobs = new JobLimit(running);
    this.tasks = new SampleTasks(run, settings, chain, jobs, budget);
  }

  @Override
  public void fitted(Object data, long dataset) {
    if (settings.rows > 0) {
      offer(null, data, dataset);
    }
  }

  @Override
  public void transformed(
      long model, Object transformer, Object in, long input, Object out, long output) {
    if (input != 0 && output != 0 && in instanceof Dataset && out instanceof Dataset) {
      String prediction = columnNamed("getPredictionCol", transformer, 0);
      String probability = columnNamed("getProbabilityCol", transformer, 0);
      chain.add(
          new Scoring(
              model, output, (Dataset<?>) out, input, (Dataset<?>) in, prediction, probability));
    }
  }

  @Override
  public void evaluated(Component evaluator, Object data, long dataset) {
    if (settings.predictionRows > 0 || settings.rows > 0) {
      offer(evaluator, data, dataset);
    }
  }

  private void offer(Component evaluator, Object data, long dataset) {
    if (dataset == 0 || !(data instanceof Dataset) || isHelper((Dataset<?>) data)) {
      return;
    }
    synchronized (this) {
      if (closed) {
        return;
      }
      if (waiting.size() < MAX_WAITING) {
        waiting.addLast(new Task(evaluator, (Dataset<?>) data, dataset));
        notifyAll();
        start();
        return;
      }
    }
    run.counts().add("sample_queue_full", 1);
  }

  private static boolean isHelper(Dataset<?> data) {
    for (StructField field : data.schema().fields()) {
      if (isHelper(field.name())) {
        return true;
      }
    }
    return false;
  }

  static boolean isHelper(String column) {
    return HELPER.matcher(column).matches();
  }

  /** What a model, or the last stage of a pipeline that has such a column, calls it; or null. */
  private static String columnNamed(String getter, Object transformer, int depth) {
    Object name = Reflect.call(transformer, getter);
    if (name instanceof String) {
      return (String) name;
    }
    if (transformer == null || depth > MAX_DEPTH) {
      return null;
    }
    Object stages = Reflect.call(transformer, "stages");
    if (stages instanceof Object[]) {
      Object[] of = (Object[]) stages;
      for (int i = of.length - 1; i >= Math.max(0, of.length - MAX_STAGES); i--) {
        String found = columnNamed(getter, of[i], depth + 1);
        if (found != null) {
          return found;
        }
      }
      return null;
    }
    return columnNamed(getter, Reflect.call(transformer, "bestModel"), depth + 1);
  }

  private void start() {
    if (started) {
      return;
    }
    started = true;
    Thread thread = new Thread(this, "modeldb-sampler");
    thread.setDaemon(true);
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    thread.start();
  }

  @Override
  public void run() {
    Run.leaveOperations();
    OwnIds.begin();
    try {
      for (Task task = next(); task != null; task = next()) {
        take(task);
      }
    } catch (InterruptedException e) {
      // The end.
    } finally {
      jobs.close();
    }
  }

  private synchronized Task next() throws InterruptedException {
    busy = false;
    notifyAll();
    Task next = pollReady();
    while (next == null && !closed) {
      wait(waiting.isEmpty() ? 0 : POLL_MILLIS);
      lookAtJobs();
      next = pollReady();
    }
    busy = next != null;
    return next;
  }

  private void lookAtJobs() {
    if (waiting.isEmpty() || !running.areThere() || System.nanoTime() - looked < LOOK_NANOS) {
      return;
    }
    looked = System.nanoTime();
    Object tracker = Reflect.call(spark(waiting.getFirst().data), "statusTracker");
    Object active = Reflect.call(tracker, "getActiveJobIds");
    if (active instanceof int[]) {
      running.look(Arrays.stream((int[]) active).boxed().collect(Collectors.toSet()));
    }
  }

  static SparkContext spark(Dataset<?> data) {
    return (SparkContext) Reflect.call(Reflect.call(data, "sparkSession"), "sparkContext");
  }

  /** Evaluations first: of what they say more is asked. */
  private Task pollReady() {
    Task ready = null;
    for (Task task : waiting) {
      if (task.bytes > 0 && tasks.keeps(task.root)) {
        task.bytes = 0;
      }
      if (isReady(task) && (ready == null || ready.evaluator == null && task.evaluator != null)) {
        ready = task;
      }
    }
    waiting.remove(ready);
    return ready;
  }

  private boolean isReady(Task task) {
    if (isTooEarly(task)) {
      return false;
    }
    if (task.again) {
      return running.quietFor(stopping ? 0 : QUIET_NANOS);
    }
    return running.quietFor(0) || System.nanoTime() - task.offered >= PATIENCE_NANOS;
  }

  /** An event of Spark's. */
  public void on(Object event) {
    if (running.on(event)) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  private void take(Task task) {
    Thread thread = Thread.currentThread();
    long began = processorNanos();
    try {
      if (!isApart(spark(task.data)) && tasks.mustBeCheap()) {
        run.counts().add("sample_not_apart", 1);
        return;
      }
      // Classes that a plan needs may be known to the caller's loader only.
      thread.setContextClassLoader(task.loader);
      OwnSettings.with(task.data, () -> sample(task));
    } catch (JobLimit.GaveWayException e) {
      run.counts().add("sample_gave_way", 1);
      tryAgain(task);
    } catch (SampleTasks.TooEarlyException e) {
      putOff(task, e);
    } catch (PlanRows.CachedMeanwhileException e) {
      run.counts().add("sample_not_cheap", 1);
    } catch (JobLimit.TimeoutException e) {
      run.counts().add("sample_timeout", 1);
    } catch (Throwable t) {
      run.counts().add("sample_failed", 1);
    } finally {
      thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
      budget.planned(processorNanos() - began);
    }
  }

  private void sample(Task task) throws Exception {
    if (task.evaluator == null) {
      tasks.training(task.data, task.dataset, task.putOff);
    } else {
      tasks.evaluation(task.evaluator, task.data, task.dataset, task.putOff);
    }
  }

  /** What this thread took of a processor so far; 0 where the JVM does not tell. */
  private static long processorNanos() {
    try {
      return Math.max(0, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
    } catch (RuntimeException | LinkageError e) {
      return 0;
    }
  }

  private synchronized void putOff(Task task, SampleTasks.TooEarlyException why) {
    task.putOff = true;
    task.bytes = why.bytes;
    task.root = why.root;
    if (!closed) {
      waiting.addLast(task);
    }
  }

  /** Whether our RDDs and columns have numbers of their own: else the user's had other ones. */
  private boolean isApart(SparkContext spark) {
    if (!apart && OwnIds.cover(SparkContext.class) && OwnIds.cover(NamedExpression$.class)) {
      Object rdd = Reflect.call(spark, "newRddId");
      Object expression = Reflect.call(NamedExpression$.MODULE$.newExprId(), "id");
      apart =
          rdd instanceof Integer
              && OwnIds.isOwn((Integer) rdd)
              && expression instanceof Long
              && OwnIds.isOwn((Long) expression);
    }
    return apart;
  }

  private synchronized void tryAgain(Task task) {
    if (!task.again && !closed) {
      task.again = true;
      waiting.addLast(task);
    }
  }

  /** The context stops. Waits until all that was told is sampled, at most so long. */
  public synchronized void await(long nanos) {
    stopping = true;
    notifyAll();
    long deadline = System.nanoTime() + nanos;
    try {
      for (long left = nanos; started && !closed && (busy || isAnyToCome()) && left > 0; ) {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, left));
        left = deadline - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Not those that wait for the end of a job of the user's, or for their share of time. */
  private boolean isAnyToCome() {
    return waiting.stream()
        .anyMatch(task -> !isTooEarly(task) && (!task.again || running.quietFor(0)));
  }

  private boolean isTooEarly(Task task) {
    return task.putOff && !budget.allows(budget.estimate(task.bytes));
  }

  /** Takes no more samples; cancels what it is at, and does not wait for it. */
  public void close() {
    int missed;
    int early;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      early = (int) waiting.stream().filter(this::isTooEarly).count();
      missed = waiting.size() - early + (busy ? 1 : 0);
      waiting.clear();
      notifyAll();
    }
    jobs.callOff();
    if (missed > 0) {
      run.counts().add("sample_cut_off", missed);
    }
    if (early > 0) {
      run.counts().add("sample_over_budget", early);
    }
  }
}
