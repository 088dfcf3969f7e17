package io.modeldb.spark.capture;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which fit made which model, and which load brought which object. */
final class Models {
  private static final int LIMIT = 20_000;
  private static final int MAX_DEPTH = 16;

  /** Stands for a fit where several had the uid. */
  private static final long AMBIGUOUS = 0;

  private final WeakIdentityMap<Long> byObject = new WeakIdentityMap<>(LIMIT);
  private final Map<String, Long> byUid =
      new LinkedHashMap<String, Long>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > LIMIT;
        }
      };

  void fitted(Object model, long fit) {
    byObject.put(model, fit);
    String uid = Components.uid(model);
    if (!uid.isEmpty()) {
      synchronized (byUid) {
        Long other = byUid.remove(uid);
        byUid.put(uid, other == null || other == fit ? fit : AMBIGUOUS);
      }
    }
  }

  /** An object that was loaded, with all that is inside it, is that of the load. */
  void loaded(Object object, long load, int depth) {
    byObject.put(object, load);
    if (depth < MAX_DEPTH) {
      for (Object stage : Components.stages(object)) {
        loaded(stage, load, depth + 1);
      }
    }
  }

  /** A copy is the model of the same fit. */
  void copied(Object original, Object copy) {
    if (original == copy || copy == null) {
      return;
    }
    Long fit = byObject.get(original);
    if (fit != null) {
      byObject.put(copy, fit);
    }
  }

  /**
   * The fit that made a transformer, or the load that brought it, or 0.
   *
   * <p>An object that is not known may have been saved and loaded, or made by hand from one that
   * is: it has the uid, and where only one fit had that uid, it is that one's. Only models are
   * looked up so: Spark gives some plain transformers the uid of the estimator that uses them.
   */
  long fitOf(Object transformer) {
    Long fit = byObject.get(transformer);
    if (fit == null && ComponentKind.of(transformer).isModel) {
      synchronized (byUid) {
        fit = byUid.get(Components.uid(transformer));
      }
    }
    return fit == null ? 0 : fit;
  }
}
