package io.modeldb.spark.capture;

import io.modeldb.proto.v1.CaptureReported;
import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.Failure;
import io.modeldb.proto.v1.Outcome;
import io.modeldb.proto.v1.RunEnded;
import io.modeldb.proto.v1.RunStarted;
import io.modeldb.spark.capture.plan.ColumnLineage;
import io.modeldb.spark.delivery.PendingEvent;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** One Spark application as it is being watched. */
public final class Run {
  // Local to the producer, which is this JVM: never reused, not even by its next run.
  private static final AtomicLong OPERATIONS = new AtomicLong();

  private static final long REPORT_INTERVAL = TimeUnit.SECONDS.toNanos(5);

  private final String id;
  private final Predicate<PendingEvent> sink;
  private final Counts counts = new Counts();
  private final Models models = new Models();
  private final Datasets datasets = new Datasets(this);
  private final Summaries summaries = new Summaries();
  private final WeakIdentityMap<WeakReference<Object>> writers = new WeakIdentityMap<>(1000);
  private final SparkWork work = new SparkWork(this);
  private final Writes writes = new Writes(this);
  private final JobMark jobMark = new JobMark();
  private volatile Sampling sampling = Sampling.NONE;
  private final AtomicLong nextReport = new AtomicLong(System.nanoTime() + REPORT_INTERVAL);
  private volatile ArtifactCopies artifacts;
  private volatile Predicate<String> withheld = column -> false;
  private volatile boolean ended;
  private Failure failure;

  /**
   * @param sink takes an event or says that there is no room
   */
  public Run(String id, Predicate<PendingEvent> sink) {
    this.id = id;
    this.sink = sink;
  }

  public Counts counts() {
    return counts;
  }

  public boolean hasEnded() {
    return ended;
  }

  Models models() {
    return models;
  }

  Datasets datasets() {
    return datasets;
  }

  Summaries summaries() {
    return summaries;
  }

  /** Which component each writer saves. */
  WeakIdentityMap<WeakReference<Object>> writers() {
    return writers;
  }

  /** Says who copies what is saved, before the run starts; otherwise it is only recorded. */
  public void copyArtifactsBy(ArtifactCopies copies) {
    artifacts = copies;
  }

  /** Says of which columns no value may leave the driver, before the run starts. */
  public void withhold(Predicate<String> columns) {
    withheld = columns;
  }

  Predicate<String> withheld() {
    return withheld;
  }

  /** Null when what is saved is only recorded. */
  ArtifactCopies artifacts() {
    return artifacts;
  }

  public SparkWork work() {
    return work;
  }

  Sampling sampling() {
    return sampling;
  }

  /** Who takes samples from now on. */
  public void sampleBy(Sampling sampler) {
    sampling = sampler;
  }

  /** This thread is inside of no operation, even if it was made inside of one. */
  public static void leaveOperations() {
    OperationStack.restore(null);
  }

  /** The dataset that has this very analysed plan; 0 for none. */
  public long datasetOf(Object plan) {
    return datasets.datasetOf(plan);
  }

  /**
   * Where the columns of an analysed plan come from. Walks the plan: not on a thread of the user's
   * or of Spark's.
   */
  public ColumnLineage lineage(Object plan, long deadlineNanos) {
    return datasets.lineage(plan, deadlineNanos);
  }

  /** Sends a sample, which is dropped before other events are. */
  public void emitSample(Consumer<Event.Builder> sample) {
    Event.Builder event = event(Clock.nowMicros());
    sample.accept(event);
    offer(ReadyEvent.optional(event.build(), counts));
  }

  public Writes writes() {
    return writes;
  }

  /** Every call of its program comes with a plan that was made anew. */
  public void servesConnect() {
    datasets.plansAreNew();
  }

  JobMark jobMark() {
    return jobMark;
  }

  static long nextOperation() {
    return OPERATIONS.incrementAndGet();
  }

  /**
   * @param description is asked on the delivery thread, since it may read files
   */
  public void start(Supplier<RunStarted> description) {
    offer(new RunStart(event(Clock.nowMicros()), description, counts));
  }

  /** Remembers what the user's program failed with; the first failure counts. */
  public synchronized void failed(Throwable error) {
    if (failure == null) {
      failure = Failures.of(error);
    }
  }

  /** Ends the run, once: later calls do nothing. Says whether this one did. */
  public synchronized boolean end() {
    if (ended) {
      return false;
    }
    work.endRun();
    Map<String, Long> missed = counts.all();
    if (!missed.isEmpty()) {
      emitReport(missed);
    }
    RunEnded.Builder end = RunEnded.newBuilder().setOutcome(Outcome.OUTCOME_FINISHED);
    if (failure != null) {
      end.setOutcome(Outcome.OUTCOME_FAILED).setFailure(failure);
    }
    emit(event(Clock.nowMicros()).setRunEnded(end).build());
    ended = true;
    return true;
  }

  Event.Builder event(long occurredMicros) {
    return Event.newBuilder().setRunId(id).setOccurredAtUs(occurredMicros);
  }

  /** Sends a finished event; after the run's end nothing is sent. */
  void emit(Event event) {
    offer(new ReadyEvent(event, counts));
  }

  /** False when the event was dropped. */
  boolean offer(PendingEvent event) {
    if (ended) {
      return false;
    }
    long due = nextReport.get();
    long now = System.nanoTime();
    if (now - due >= 0 && nextReport.compareAndSet(due, now + REPORT_INTERVAL)) {
      Map<String, Long> missed = counts.takeChanged();
      if (missed != null) {
        emitReport(missed);
      }
    }
    return sink.test(event);
  }

  private void emitReport(Map<String, Long> missed) {
    CaptureReported report = CaptureReported.newBuilder().putAllNotCaptured(missed).build();
    sink.test(new ReadyEvent(event(Clock.nowMicros()).setCaptureReported(report).build(), counts));
  }
}
