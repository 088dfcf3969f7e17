package io.modeldb.spark.capture.plan;

import java.util.SortedSet;

/** How to tell of any slot of a vector what it is called and where it comes from. */
interface SlotView {
  /** How many slots there are; -1 where it is not known. */
  int size();

  /** Null where it has none. */
  String name(int slot);

  /** Null where they cannot be told. */
  SortedSet<String> sources(int slot);

  /** All slots from all of some columns. */
  static SlotView whole(int size, SortedSet<String> sources) {
    return new SlotView() {
      @Override
      public int size() {
        return size;
      }

      @Override
      public String name(int slot) {
        return null;
      }

      @Override
      public SortedSet<String> sources(int slot) {
        return sources;
      }
    };
  }

  /** One slot: a column of numbers. */
  static SlotView scalar(String name, SortedSet<String> sources) {
    return new SlotView() {
      @Override
      public int size() {
        return 1;
      }

      @Override
      public String name(int slot) {
        return name;
      }

      @Override
      public SortedSet<String> sources(int slot) {
        return sources;
      }
    };
  }

  /** This, under the names and with the size that the metadata of the column give. */
  static SlotView named(SlotView of, MlAttributes attributes) {
    return new SlotView() {
      @Override
      public int size() {
        return attributes.size >= 0 ? attributes.size : of.size();
      }

      @Override
      public String name(int slot) {
        String name = attributes.name(slot);
        return name == null ? of.name(slot) : name;
      }

      @Override
      public SortedSet<String> sources(int slot) {
        return of.sources(slot);
      }
    };
  }

  /** Slots with the names of these, each from all sources: each depends on its neighbours. */
  static SlotView mixed(SlotView of, SortedSet<String> sources) {
    return new SlotView() {
      @Override
      public int size() {
        return of.size();
      }

      @Override
      public String name(int slot) {
        return of.name(slot);
      }

      @Override
      public SortedSet<String> sources(int slot) {
        return sources;
      }
    };
  }

  /** The slots of another at these places. */
  static SlotView selected(SlotView of, int[] places) {
    return new SlotView() {
      @Override
      public int size() {
        return places.length;
      }

      @Override
      public String name(int slot) {
        return slot < places.length ? of.name(places[slot]) : null;
      }

      @Override
      public SortedSet<String> sources(int slot) {
        return slot < places.length ? of.sources(places[slot]) : null;
      }
    };
  }
}
