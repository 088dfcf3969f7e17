package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Event;
import io.modeldb.spark.delivery.PendingEvent;
import java.lang.ref.WeakReference;
import java.util.function.Consumer;

/**
 * A model whose fit has ended; what it learnt is read later, on the delivery thread, by getters
 * that run no Spark job.
 *
 * <p>Only spark.ml's own models are read: what a getter of somebody else's costs is not known.
 */
final class LearntModel implements PendingEvent {
  /** A model that is larger is not kept alive for being read. */
  private static final long MAX_HELD = 1 << 20;

  private static final int BYTES_PER_FEATURE = 64;
  private static final int BYTES_PER_NODE = 96;
  private static final int BYTES_PER_HELD_NODE = 200;
  private static final int MAX_DEPTH_GUESSED = 12;

  private final Run run;
  private final long operation;
  private final Object model;
  private final WeakReference<Object> largeModel;
  private final Object plan;
  private final String featuresColumn;
  private final long endedMicros = Clock.nowMicros();
  private final int size;

  private LearntModel(Operation fit, Object model) {
    this.run = fit.run;
    this.operation = fit.id;
    this.plan = fit.plan;
    Object column = Reflect.call(model, "getFeaturesCol");
    this.featuresColumn = column instanceof String ? (String) column : "features";
    long cells = cells(model);
    long nodes = nodes(model);
    long held = 8 * cells + BYTES_PER_HELD_NODE * nodes;
    boolean large = held > MAX_HELD;
    this.model = large ? null : model;
    this.largeModel = large ? new WeakReference<>(model) : null;
    long told =
        BYTES_PER_FEATURE * Math.min(cells, LearntSlots.MAX_FEATURES)
            + BYTES_PER_NODE * Math.min(nodes, LearntTrees.MAX_NODES);
    this.size = (int) (512 + told + (large ? 0 : held));
  }

  /** Null when it is nothing that can be read. */
  static LearntModel of(Operation fit, Object model) {
    boolean readable =
        model.getClass().getName().startsWith("org.apache.spark.ml.")
            && (LearntSlots.has(model) || LearntTrees.has(model) || LearntHistory.has(model));
    return readable ? new LearntModel(fit, model) : null;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public boolean essential() {
    return false;
  }

  @Override
  public void build(long deadlineNanos, Consumer<Event> out) {
    Object read = model != null ? model : largeModel.get();
    if (read == null) {
      run.counts().add("learnt_model_gone", 1);
      return;
    }
    // The getters may have hooks: nobody but us is asking here.
    Operation before = OperationStack.pushIgnored(run);
    try {
      LearntChunks chunks =
          new LearntChunks(
              deadlineNanos,
              part ->
                  out.accept(
                      run.event(endedMicros).setModelLearnt(part.setOperation(operation)).build()));
      FeatureSlots slots =
          new FeatureSlots(plan, run.datasets(), featuresColumn, run.withheld(), deadlineNanos);
      LearntHistory.read(read, chunks);
      LearntSlots.read(read, slots, chunks);
      LearntTrees.read(read, slots, chunks);
      chunks.finish();
      if (chunks.wasCutOff()) {
        run.counts().add("learnt_cut_off", 1);
      }
    } catch (Throwable t) {
      run.counts().add("learnt_not_read", 1);
    } finally {
      OperationStack.restore(before);
    }
  }

  @Override
  public void dropped(String reason) {
    run.counts().add(reason, 1);
  }

  /** How many numbers it has, for the queue's sake, by getters that cost nothing. */
  private static long cells(Object model) {
    long slots = number(model, "numFeatures", 1);
    long classes = Math.max(number(model, "numClasses", 1), number(model, "getK", 1));
    return slots * Math.max(1, classes);
  }

  /** How many nodes its trees may have. */
  private static long nodes(Object model) {
    if (!LearntTrees.has(model)) {
      return 0;
    }
    long depth = Math.min(number(model, "getMaxDepth", 5), MAX_DEPTH_GUESSED);
    return Math.max(1, number(model, "getNumTrees", 1)) << depth;
  }

  private static long number(Object model, String getter, long otherwise) {
    Object value = Reflect.call(model, getter);
    return value instanceof Integer && (Integer) value > 0 ? (Integer) value : otherwise;
  }
}
