package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.PartitionPruningRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.Function1;
import scala.reflect.ClassTag$;

/**
 * What is read of a dataset for a sample: all of it, or some of its partitions where it has large
 * files that are read row by row. (Of Parquet and ORC most partitions may be empty: a group of rows
 * is in one of them.) They are the same ones for all datasets that are made from the same files,
 * since these are cut in the same places.
 */
final class PartOfData {
  /** Bytes of files that are read, if whole partitions add up to that; one partition at least. */
  static final long MAX_BYTES = 16L << 20;

  /** As Spark cuts files, unless it is set to something else. */
  private static final long MAX_PARTITION_BYTES = 128L << 20;

  private static final String ALL = "lowest-hash";

  /** The dataset that is read. */
  final Dataset<Row> data;

  /** How the rows with the lowest hashes are taken, for people. */
  final String method;

  private PartOfData(Dataset<Row> data, String method) {
    this.data = data;
    this.method = method;
  }

  /**
   * @param data one of our own
   * @param bytes of the files that it reads row by row; 0 to read all of it
   */
  static PartOfData of(Dataset<Row> data, long bytes) throws Exception {
    if (bytes <= MAX_BYTES) {
      return new PartOfData(data, ALL);
    }
    @SuppressWarnings("unchecked")
    RDD<InternalRow> rows =
        (RDD<InternalRow>)
            Reflect.call(Reflect.call(PlanRows.settled(data), "queryExecution"), "toRdd");
    Boolean[] read = spread(rows.getNumPartitions(), bytes);
    int taken = 0;
    for (boolean each : read) {
      taken += each ? 1 : 0;
    }
    // A class of Scala's: executors, where it goes, need not have ours.
    @SuppressWarnings("unchecked")
    Function1<Object, Object> filter = (Function1<Object, Object>) Plans.scalaVector(read);
    RDD<InternalRow> some =
        new PartitionPruningRDD<>(rows, filter, ClassTag$.MODULE$.apply(InternalRow.class));
    Dataset<Row> part = PlanRows.frame(Reflect.call(data, "sparkSession"), some, data.schema());
    return new PartOfData(part, ALL + " of " + taken + " in " + read.length + " partitions");
  }

  /** About how many bytes will be read of files with so many: Spark cuts them as it is set to. */
  static long bytes(long bytes, SparkContext spark) {
    long partition = Math.min(MAX_PARTITION_BYTES, bytes / Math.max(1, spark.defaultParallelism()));
    return Math.min(bytes, Math.max(MAX_BYTES, partition));
  }

  /** Which partitions are read of so many, whose files have so many bytes: evenly spread. */
  static Boolean[] spread(int partitions, long bytes) {
    Boolean[] read = new Boolean[partitions];
    long taken = Math.max(1, (long) (partitions * (double) MAX_BYTES / bytes));
    for (long i = 0; i < partitions; i++) {
      read[(int) i] = i * taken / partitions != (i + 1) * taken / partitions;
    }
    return read;
  }
}
