package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * Columns of files that cannot be read without much memory, whatever is kept of them: Spark's
 * readers of Parquet and ORC have a batch of rows of every column in memory at once. The program
 * may read none of these columns.
 */
final class WideColumns {
  /** Rows of a batch, as Spark has them unless told otherwise. */
  private static final int BATCH_ROWS = 4096;

  /** Of a number in a batch, and whether it is there. */
  private static final long FIXED_BYTES = 9;

  private static final int FOOTERS = 3;

  /** No batch goes beyond its stripe, which is so large unless told otherwise. */
  private static final long ORC_STRIPE = 64L << 20;

  /** To how many times its size a file of ORC grows at most, or so. */
  private static final long ORC_GROWTH = 100;

  private WideColumns() {}

  /**
   * @param limit bytes that one batch may take
   * @return attributes of the leaf; null when it cannot be known
   */
  static List<Object> of(FileScan scan, Configuration conf, long limit) throws IOException {
    if (scan.format == FileScan.Format.ROWS) {
      return Collections.emptyList();
    }
    Map<String, Object> unbounded = unbounded(scan);
    // A thousand numbers, of which a program reads three, fill a batch as well.
    long fixed = (Plans.list(Reflect.call(scan.leaf, "output")).size() - unbounded.size());
    long left = limit - fixed * BATCH_ROWS * FIXED_BYTES;
    if (left < 0) {
      return null;
    }
    if (unbounded.isEmpty()) {
      return Collections.emptyList();
    }
    if (scan.format == FileScan.Format.ORC) {
      long batch = Math.min(ORC_STRIPE, scan.bytes * ORC_GROWTH);
      return batch > left ? new ArrayList<>(unbounded.values()) : Collections.emptyList();
    }
    List<FileStatus> files = scan.largestFiles(FOOTERS);
    if (files.isEmpty()) {
      return null;
    }
    Map<String, Long> bytes = ParquetFooters.batchBytes(files, conf, BATCH_ROWS);
    Map<String, Long> widths = new HashMap<>();
    for (String name : unbounded.keySet()) {
      // One that has another name in the files, or is in others only, may be any width.
      widths.put(name, bytes.getOrDefault(name.toLowerCase(Locale.ROOT), Long.MAX_VALUE));
    }
    List<Object> wide = new ArrayList<>();
    widest(widths, left).forEach(name -> wide.add(unbounded.get(name)));
    return wide;
  }

  /** The widest, so that the others fit together. The same ones each time. */
  static Set<String> widest(Map<String, Long> bytes, long limit) {
    List<String> names = new ArrayList<>(bytes.keySet());
    Comparator<String> byWidth = Comparator.comparing(bytes::get);
    names.sort(byWidth.thenComparing(Comparator.naturalOrder()));
    Set<String> out = new HashSet<>();
    long left = limit;
    for (String name : names) {
      left = left < bytes.get(name) ? -1 : left - bytes.get(name);
      if (left < 0) {
        out.add(name);
      }
    }
    return out;
  }

  /** The attributes of columns in the files whose values may have any size, by name. */
  private static Map<String, Object> unbounded(FileScan scan) {
    Set<String> partitions = scan.partitionColumns();
    Map<String, Object> out = new HashMap<>();
    for (Object attribute : Plans.list(Reflect.call(scan.leaf, "output"))) {
      String name = String.valueOf(Reflect.call(attribute, "name"));
      if (!partitions.contains(name) && !hasFixedSize(Reflect.call(attribute, "dataType"))) {
        out.put(name, attribute);
      }
    }
    return out;
  }

  private static boolean hasFixedSize(Object type) {
    return type instanceof NumericType
        || type instanceof BooleanType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType;
  }
}
