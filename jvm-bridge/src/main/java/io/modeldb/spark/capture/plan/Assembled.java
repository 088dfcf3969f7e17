package io.modeldb.spark.capture.plan;

import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;

/** Columns side by side in one vector. */
final class Assembled implements SlotView {
  private final List<SlotView> inputs;
  private final List<String> names;

  /** Where each input ends. */
  private final int[] ends;

  private Assembled(List<SlotView> inputs, List<String> names, int[] ends) {
    this.inputs = inputs;
    this.names = names;
    this.ends = ends;
  }

  /**
   * Null where it is not certain which slot belongs to which input.
   *
   * @param sizes what the assembler itself knows of its inputs' sizes, or null
   * @param size of the whole, -1 where it is not known
   */
  static Assembled of(List<SlotView> inputs, List<String> names, int[] sizes, int size) {
    int[] known = sizes != null && sizes.length == inputs.size() ? sizes : sizesOf(inputs, size);
    if (known == null) {
      return null;
    }
    int[] ends = new int[known.length];
    long end = 0;
    for (int i = 0; i < known.length; i++) {
      int expected = inputs.get(i).size();
      if (known[i] < 0 || (expected >= 0 && expected != known[i])) {
        return null;
      }
      end += known[i];
      ends[i] = (int) Math.min(end, Integer.MAX_VALUE);
    }
    return size >= 0 && size != end ? null : new Assembled(inputs, names, ends);
  }

  /** One that is not known is what the others leave of the whole. */
  private static int[] sizesOf(List<SlotView> inputs, int size) {
    int[] sizes = new int[inputs.size()];
    int unknown = -1;
    long sum = 0;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = inputs.get(i).size();
      if (sizes[i] >= 0) {
        sum += sizes[i];
      } else if (unknown >= 0 || size < 0) {
        return null;
      } else {
        unknown = i;
      }
    }
    if (unknown >= 0) {
      sizes[unknown] = (int) (size - sum);
    }
    return sizes;
  }

  @Override
  public int size() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  @Override
  public String name(int slot) {
    int input = inputOf(slot);
    if (input < 0) {
      return null;
    }
    int place = slot - begin(input);
    String name = inputs.get(input).name(place);
    return name == null ? names.get(input) + "[" + place + "]" : name;
  }

  @Override
  public SortedSet<String> sources(int slot) {
    int input = inputOf(slot);
    return input < 0 ? null : inputs.get(input).sources(slot - begin(input));
  }

  private int begin(int input) {
    return input == 0 ? 0 : ends[input - 1];
  }

  private int inputOf(int slot) {
    int found = Arrays.binarySearch(ends, slot);
    // An end is the first slot of what comes next; inputs without slots end where they begin.
    int input = found >= 0 ? found + 1 : -found - 1;
    while (input < ends.length && ends[input] <= slot) {
      input++;
    }
    return slot < 0 || input >= ends.length ? -1 : input;
  }
}
