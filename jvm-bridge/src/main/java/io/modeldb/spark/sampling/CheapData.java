package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Reflect;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.functions;

/** Whether a dataset may be sampled that is only to be if it is cheap, and what of it. */
final class CheapData {
  /** Bytes of files that are read for one sample, all columns together. */
  static final long MAX_FILE_BYTES = 128L << 20;

  /** The part of the driver's heap that they may be as large as, where that is less. */
  private static final int FILE_HEAP_PART = 8;

  /** The part of the heap that batches of wide columns may take in all tasks at once. */
  private static final int BATCH_HEAP_PART = 16;

  private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\d+|\\*)(?:,.*)?\\])?");

  private CheapData() {}

  /**
   * The columns that a sample must not read, so that it costs little memory.
   *
   * @param plan of the dataset; null when it is not cheap
   * @return null when it is not
   */
  static Set<String> columnsNotToRead(CheapPlan plan, Dataset<?> data, SparkContext spark) {
    if (plan == null) {
      return null;
    }
    if (plan.files() == null) {
      return Collections.emptySet();
    }
    try {
      List<Object> wide = WideColumns.of(plan.files(), hadoop(data), batchLimit(spark));
      return wide == null ? null : plan.columnsFrom(wide);
    } catch (IOException | RuntimeException | LinkageError e) {
      return null; // Who cannot read a footer does not know the widths.
    }
  }

  /** Null when the dataset is not cheap. */
  static CheapPlan plan(Dataset<?> data) {
    long most = Math.min(MAX_FILE_BYTES, Runtime.getRuntime().maxMemory() / FILE_HEAP_PART);
    return CheapPlan.of(withCachedData(data), most);
  }

  /**
   * The plan that would be run, of a dataset of our own: a user's dataset that was asked for it
   * would stay with what is cached today.
   */
  private static Object withCachedData(Dataset<?> data) {
    Dataset<?> own = data.select(functions.col("*"));
    return Reflect.call(Reflect.call(own, "queryExecution"), "withCachedData");
  }

  static Configuration hadoop(Dataset<?> data) {
    Object session = Reflect.call(data, "sparkSession");
    return (Configuration) Reflect.call(Reflect.call(session, "sessionState"), "newHadoopConf");
  }

  /** The bytes that one task may have in a batch, where tasks run: in this JVM, or in executors. */
  private static long batchLimit(SparkContext spark) {
    SparkConf conf = spark.getConf();
    int processors = Runtime.getRuntime().availableProcessors();
    Matcher local = LOCAL.matcher(spark.master());
    if (local.matches()) {
      String slots = local.group(1) == null ? "1" : local.group(1);
      int tasks = slots.equals("*") ? processors : Integer.parseInt(slots);
      return batchLimit(Runtime.getRuntime().maxMemory(), tasks);
    }
    long heap = conf.getSizeAsBytes("spark.executor.memory", "1g");
    return batchLimit(heap, conf.getInt("spark.executor.cores", processors));
  }

  static long batchLimit(long heap, int tasks) {
    return heap / BATCH_HEAP_PART / Math.max(1, tasks);
  }
}
