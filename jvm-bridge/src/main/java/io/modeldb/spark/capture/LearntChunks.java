package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Feature;
import io.modeldb.proto.v1.HistoryPoint;
import io.modeldb.proto.v1.ModelLearnt;
import io.modeldb.proto.v1.TreeNode;
import java.util.function.Consumer;

/** Puts what a model learnt into events of a limited size. */
final class LearntChunks {
  private static final int MAX_CHUNK = 256 << 10;

  /** A single part is far smaller; so a chunk that is full stays below the limit. */
  private static final int FULL = MAX_CHUNK - (32 << 10);

  private static final int CHECK_TIME_EVERY = 1024;

  private final long deadlineNanos;
  private final Consumer<ModelLearnt.Builder> out;
  private ModelLearnt.Builder chunk = ModelLearnt.newBuilder();
  private int bytes;
  private boolean told;
  private boolean cutOff;
  private long steps;
  private long slots;
  private long nodes;

  LearntChunks(long deadlineNanos, Consumer<ModelLearnt.Builder> out) {
    this.deadlineNanos = deadlineNanos;
    this.out = out;
  }

  /** How many slots there are, told or not. */
  void countSlots(long count) {
    slots = count;
  }

  void countNodes(long count) {
    nodes = count;
  }

  void add(Feature feature) {
    chunk.addFeatures(feature);
    added(feature.getSerializedSize());
  }

  void add(TreeNode node) {
    chunk.addTreeNodes(node);
    added(node.getSerializedSize());
  }

  void add(HistoryPoint point) {
    chunk.addHistory(point);
    added(point.getSerializedSize());
  }

  /** Asked before each step of a long way; true from when the time is over. */
  boolean isOver() {
    if (!cutOff && ++steps % CHECK_TIME_EVERY == 0 && System.nanoTime() - deadlineNanos > 0) {
      cutOff = true;
    }
    return cutOff;
  }

  boolean wasCutOff() {
    return cutOff;
  }

  void finish() {
    if (bytes > 0 || !told && (slots > 0 || nodes > 0)) {
      flush();
    }
  }

  private void added(int size) {
    bytes += size + 4;
    if (bytes >= FULL) {
      flush();
    }
  }

  private void flush() {
    out.accept(chunk.setSlotCount(slots).setTreeNodeCount(nodes));
    chunk = ModelLearnt.newBuilder();
    bytes = 0;
    told = true;
  }
}
