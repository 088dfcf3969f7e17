package io.modeldb.spark.capture;

import io.modeldb.spark.capture.plan.ColumnLineage;
import io.modeldb.spark.capture.plan.Slots;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.function.Predicate;

/** The slots of the column that a model learnt from, as far as its training set's plan tells. */
final class FeatureSlots {
  private static final int MAX_SOURCES = 100;

  private final Object plan;
  private final ColumnLineage.Origins origins;
  private final String column;
  private final Predicate<String> withheld;
  private final long deadlineNanos;
  private int size = -1;
  private Slots slots;
  private boolean read;

  /**
   * @param withheld whether no value of a source column may be told: an encoded slot is named after
   *     one
   */
  FeatureSlots(
      Object plan,
      ColumnLineage.Origins origins,
      String column,
      Predicate<String> withheld,
      long deadlineNanos) {
    this.plan = plan;
    this.origins = origins;
    this.column = column;
    this.withheld = withheld;
    this.deadlineNanos = deadlineNanos;
  }

  /** How many there are, as the model knows; before the first is asked for. */
  void count(int count) {
    size = count;
  }

  /** The slot's own name, or its place in the column. */
  String name(int slot) {
    String name = slots() == null ? null : slots.name(slot);
    SortedSet<String> sources = slots() == null ? null : slots.sources(slot);
    if (sources != null && sources.stream().anyMatch(withheld)) {
      name = null;
    }
    return Texts.cut(name == null ? column + "[" + slot + "]" : name, Texts.MAX_DETAIL);
  }

  /** The columns of sources behind it; empty where they are not known. */
  Collection<String> sources(int slot) {
    SortedSet<String> sources = slots() == null ? null : slots.sources(slot);
    if (sources == null || sources.size() > MAX_SOURCES) {
      return Collections.emptyList();
    }
    return sources;
  }

  private Slots slots() {
    if (!read) {
      read = true;
      try {
        slots =
            plan == null
                ? null
                : ColumnLineage.of(plan, origins, deadlineNanos).slotsOf(column, size);
      } catch (Throwable t) {
        // Then slots have no names of their own.
      }
    }
    return slots;
  }
}
