package io.modeldb.spark.capture.plan;

import java.util.SortedSet;

/**
 * The slots of a vector column, in the order of the slots. Nothing is made for a slot before it is
 * asked for: vectors may have millions of them.
 */
public final class Slots {
  /** Slots that are told; of more than these the number is told. */
  public static final int MAX_TOLD = 1000;

  private final String column;
  private final int size;
  private final SlotView view;

  Slots(String column, int size, SlotView view) {
    this.column = column;
    this.size = size;
    this.view = view;
  }

  /** How many there are; -1 where it is not known. */
  public int size() {
    return size;
  }

  /** A slot's name: that of its ML attribute, else the column and its place. */
  public String name(int slot) {
    String name = view.name(slot);
    return name == null ? column + "[" + slot + "]" : name;
  }

  /** The columns of sources behind a slot; null where they cannot be told. */
  public SortedSet<String> sources(int slot) {
    return view.sources(slot);
  }
}
