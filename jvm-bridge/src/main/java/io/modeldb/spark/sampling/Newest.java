package io.modeldb.spark.sampling;

import java.util.LinkedHashMap;
import java.util.Map;

/** Forgets what was put in, or used, longest ago when it holds more than so many. */
final class Newest<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int limit;

  /** Of what was put in. */
  Newest(int limit) {
    this.limit = limit;
  }

  private Newest(int limit, boolean used) {
    super(16, 0.75f, used);
    this.limit = limit;
  }

  /** Of what was put in or asked for. */
  static <K, V> Newest<K, V> used(int limit) {
    return new Newest<>(limit, true);
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > limit;
  }
}
