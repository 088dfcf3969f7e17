package io.modeldb.spark.capture;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map by object identity that keeps no key alive and no more than the newest so many entries.
 *
 * <p>Users' datasets and models are looked up by what they are, never by {@code equals}, which may
 * walk a whole plan.
 */
final class WeakIdentityMap<V> {
  private static final class Key extends WeakReference<Object> {
    private final int hash;

    Key(Object object, ReferenceQueue<Object> queue) {
      super(object, queue);
      hash = System.identityHashCode(object);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      if (this == other) {
        return true;
      }
      Object mine = get();
      return mine != null && other instanceof Key && ((Key) other).get() == mine;
    }
  }

  private final int limit;
  private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
  private final Map<Key, V> entries = new LinkedHashMap<>();

  WeakIdentityMap(int limit) {
    this.limit = limit;
  }

  synchronized V get(Object object) {
    return entries.get(new Key(object, null));
  }

  synchronized void put(Object object, V value) {
    expunge();
    entries.put(new Key(object, collected), value);
    if (entries.size() > limit) {
      Iterator<Key> oldest = entries.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  synchronized void remove(Object object) {
    entries.remove(new Key(object, null));
  }

  synchronized int size() {
    expunge();
    return entries.size();
  }

  private void expunge() {
    for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
      entries.remove(gone);
    }
  }
}
