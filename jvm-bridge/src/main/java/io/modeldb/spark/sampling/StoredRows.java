package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.lang.reflect.Field;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.BlockRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.RDDInfo;
import scala.reflect.ClassTag$;

/**
 * The rows of a leaf of a plan that are stored: of cached data, or of an RDD that is.
 *
 * <p>They are read block by block. Asked in its own way for rows, cached data would be computed, by
 * functions of the user's perhaps, where a block is missing, and cached again where the user has
 * let go of it; read like this it fails.
 */
final class StoredRows {
  private StoredRows() {}

  /** Whether the leaf is of that kind. */
  static boolean isOne(Object leaf) {
    String kind = Plans.kind(leaf);
    return kind.equals("InMemoryRelation") || kind.equals("LogicalRDD");
  }

  /** Whether all of its rows are stored now. */
  static boolean areThere(Object leaf) {
    RDD<?> rdd = rdd(leaf);
    if (rdd == null) {
      return false;
    }
    for (RDDInfo stored : rdd.context().getRDDStorageInfo()) {
      if (stored.id() == rdd.id()) {
        return stored.numCachedPartitions() == stored.numPartitions();
      }
    }
    return false;
  }

  /**
   * A leaf with the same columns that reads them.
   *
   * @param neighbour a dataset of the same session
   * @return null when they are stored no longer
   */
  static Object leaf(Object leaf, Dataset<?> neighbour) throws Exception {
    RDD<?> rdd = rdd(leaf);
    if (rdd == null) {
      return null;
    }
    RDD<InternalRow> rows = blocks(rdd);
    if (Plans.kind(leaf).equals("InMemoryRelation")) {
      rows = decoded(leaf, rows);
    }
    StructType schema = (StructType) Reflect.call(leaf, "schema");
    Dataset<?> frame = PlanRows.frame(Reflect.call(neighbour, "sparkSession"), rows, schema);
    // Its columns are new ones; what is above refers to those of the leaf.
    Object read = Plans.analyzed(frame);
    Object[] arguments =
        Plans.list(Reflect.call(Reflect.call(read, "productIterator"), "toList")).toArray();
    arguments[0] = Reflect.call(leaf, "output");
    return Reflect.call(read, "makeCopy", Object[].class, arguments);
  }

  private static RDD<?> rdd(Object leaf) {
    Object rdd =
        Plans.kind(leaf).equals("LogicalRDD")
            ? Reflect.call(leaf, "rdd")
            : buffers(Reflect.call(leaf, "cacheBuilder"));
    return rdd instanceof RDD ? (RDD<?>) rdd : null;
  }

  /** Its public method makes them where there are none. */
  private static Object buffers(Object cacheBuilder) {
    try {
      Field buffers = cacheBuilder.getClass().getDeclaredField("_cachedColumnBuffers");
      buffers.setAccessible(true);
      return buffers.get(cacheBuilder);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  /** What they hold is for the caller to know. */
  private static RDD<InternalRow> blocks(RDD<?> rdd) {
    SparkContext spark = rdd.context();
    BlockId[] ids = new BlockId[rdd.getNumPartitions()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = new RDDBlockId(rdd.id(), i);
    }
    return new BlockRDD<>(spark, ids, ClassTag$.MODULE$.apply(Object.class));
  }

  @SuppressWarnings("unchecked")
  private static RDD<InternalRow> decoded(Object relation, RDD<?> batches) throws Exception {
    Object serializer = Reflect.call(Reflect.call(relation, "cacheBuilder"), "serializer");
    Object columns = Reflect.call(relation, "output");
    Object rows =
        PlanRows.invoke(
            serializer,
            "convertCachedBatchToInternalRow",
            batches,
            columns,
            columns,
            SQLConf.get());
    return (RDD<InternalRow>) rows;
  }
}
