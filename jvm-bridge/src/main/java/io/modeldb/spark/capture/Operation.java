package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Component;
import io.modeldb.proto.v1.FitKind;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A call of fit, transform, evaluate, save or load that has begun.
 *
 * <p>Threads that were made inside keep a reference long after it has ended, so it lets go of all
 * that is the user's when it closes.
 */
final class Operation {
  enum Kind {
    FIT,
    TRANSFORM,
    EVALUATE,
    /** {@code model.evaluate(Dataset)}, from which values are asked later. */
    SUMMARISE,
    /** A value of a summary. */
    GETTER,
    SAVE,
    LOAD
  }

  final Run run;
  final Kind kind;
  final FitKind fitKind;

  /** What it happens inside of, on this thread or the one that made this thread. */
  final Operation parent;

  /** Spark's own business inside a fit, such as the predictions of a training summary. */
  final boolean ignored;

  /** 0 when it is ignored and not Python's. */
  final long id;

  /** The thread that called: made there. */
  final long thread = Thread.currentThread().getId();

  final long startedMicros = Clock.nowMicros();
  final long startedNanos = System.nanoTime();

  /** Whether Python runs it, and its parts are calls from there. */
  boolean byPython;

  volatile boolean open = true;
  Object self;
  Component component = Component.getDefaultInstance();
  long dataset;
  long model;

  /** The dataset's analysed plan, or null. */
  Object plan;

  /** A getter's name, or a path. */
  String argument = "";

  /** What it was called with, where that may be sampled. */
  WeakReference<Object> data = new WeakReference<>(null);

  /** Of a save, the fits of the models inside what is saved. */
  final List<Long> modelsInside = new ArrayList<>(0);

  /** Its thread's local properties before it and in it, and what the latter were at first. */
  Properties propertiesBefore;

  Properties markedProperties;
  Properties markedAtFirst;

  Operation(
      Run run,
      Kind kind,
      FitKind fitKind,
      Object self,
      Operation parent,
      long id,
      boolean ignored) {
    this.run = run;
    this.kind = kind;
    this.fitKind = fitKind;
    this.self = self;
    this.parent = parent;
    this.id = id;
    this.ignored = ignored;
  }

  /**
   * Says what it is done to.
   *
   * @param within as for {@link Datasets#idOf}
   */
  void on(Object data, long within) {
    dataset = run.datasets().idOf(data, within);
    plan = dataset == 0 ? null : Plans.analyzed(data);
  }

  long durationMicros() {
    return (System.nanoTime() - startedNanos) / 1000;
  }

  void close() {
    open = false;
    data.clear();
    self = null;
    plan = null;
    component = Component.getDefaultInstance();
  }

  static long idOf(Operation operation) {
    return operation == null ? 0 : operation.id;
  }

  /** The nearest fit, this one included; null when there is none. */
  static Operation nearestFit(Operation from) {
    Operation o = from;
    while (o != null && o.kind != Kind.FIT) {
      o = o.parent;
    }
    return o;
  }
}
