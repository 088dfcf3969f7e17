package io.modeldb.spark.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;

/**
 * The rows of a dataset with the smallest hashes: one Spark job, without a shuffle.
 *
 * <p>The hash is Spark's own {@code xxhash64} over the base columns in the order of their names. A
 * column that must not leave the driver is no part of it; among rows with the same hash such
 * columns only settle which comes first.
 */
final class SampleQuery {
  /** Bytes that all rows together may take in the driver. */
  static final long MAX_BYTES = 128L << 20;

  /** The part of the driver's heap that they may take, where that is less. */
  private static final int HEAP_PART = 8;

  private static final int MAX_COLUMNS = 1000;

  private final Dataset<?> data;
  private final Collection<String> base;
  private final Collection<String> wanted;
  private final Set<String> tooWide;
  private final long bytes;
  private final Set<String> mayLeave = new HashSet<>();
  private final List<Set<String>> idColumns;
  private final List<SampledColumn> columns = new ArrayList<>();
  private final Column hash;
  private final Column tie;
  private int leftOut;

  /**
   * @param base the names of the columns that make a row what it is
   * @param wanted the names of the columns to sample
   * @param stays whether a column must not leave the driver
   * @param tooWide the names of columns that must not be read
   * @param bytes of the files that the dataset reads row by row; 0 to read all of it
   */
  SampleQuery(
      Dataset<?> data,
      Collection<String> base,
      Collection<String> wanted,
      Predicate<String> stays,
      Set<String> tooWide,
      long bytes) {
    this.data = data;
    this.base = base;
    this.wanted = wanted;
    this.tooWide = tooWide;
    this.bytes = bytes;
    StructField[] fields = data.schema().fields();
    Map<String, Integer> names = new HashMap<>();
    for (StructField field : fields) {
      names.merge(field.name().toLowerCase(Locale.ROOT), 1, Integer::sum);
    }
    Set<String> inBase = new HashSet<>(base);
    Set<String> inSample = new HashSet<>(wanted);
    Map<String, Column> hashed = new TreeMap<>();
    Map<String, Column> hidden = new TreeMap<>();
    for (StructField field : fields) {
      String name = field.name();
      if (names.get(name.toLowerCase(Locale.ROOT)) > 1) {
        leftOut++; // Nobody can say which one is meant.
        continue;
      }
      if (tooWide.contains(name)) {
        leftOut++;
        continue;
      }
      Column column = column(data, name);
      boolean secret = stays.test(name);
      if (!secret) {
        mayLeave.add(name);
      }
      if (inBase.contains(name) && SampledColumn.isHashable(field.dataType())) {
        (secret ? hidden : hashed).put(name, column);
      }
      if (inSample.contains(name) && !secret) {
        add(field, column);
      }
    }
    this.idColumns = Arrays.asList(hashed.keySet(), hidden.keySet());
    this.hash = hashed.isEmpty() ? null : hash(hashed.values());
    this.tie = hidden.isEmpty() ? null : hash(hidden.values());
  }

  static Column column(Dataset<?> data, String name) {
    return data.col("`" + name.replace("`", "``") + "`");
  }

  /** The same of another dataset, which need not have all of the columns. */
  SampleQuery on(Dataset<?> other) {
    // Asked again, too late, lineage would say of any column that it has to stay.
    return new SampleQuery(other, base, wanted, name -> !mayLeave.contains(name), tooWide, bytes);
  }

  /** The names of the columns in the hash, and of those that settle which of the same is first. */
  List<Set<String>> idColumns() {
    return idColumns;
  }

  /** Columns that were wanted and cannot be had. */
  int leftOut() {
    return leftOut;
  }

  /** Whether there is nothing that could be asked for, or nothing to tell rows by. */
  boolean isEmpty() {
    return hash == null || columns.isEmpty();
  }

  List<SampledColumn> columns() {
    return columns;
  }

  /** As many of so many rows as the driver can be asked to hold. */
  int affordable(int rows) {
    long each = 64;
    for (SampledColumn column : columns) {
      each += column.bytes + 8L;
    }
    long most = Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / HEAP_PART);
    return (int) Math.max(1, Math.min(rows, most / each));
  }

  /** The dataset to collect: the hash, then the columns. */
  Lowest of(int rows) throws Exception {
    return lowest(asked(), rows);
  }

  /** The same of a dataset that has no other rows, and has them in their order. */
  Dataset<Row> inOrder() {
    return data.select(asked().toArray(new Column[0]));
  }

  private List<Column> asked() {
    List<Column> asked = new ArrayList<>();
    asked.add(hash.alias("modeldb_hash"));
    for (int i = 0; i < columns.size(); i++) {
      asked.add(columns.get(i).asked.alias("modeldb_" + i));
    }
    return asked;
  }

  /** Rows with the lowest hashes. */
  static final class Lowest {
    final Dataset<Row> rows;

    /** What they were taken of. */
    final PartOfData part;

    private Lowest(Dataset<Row> rows, PartOfData part) {
      this.rows = rows;
      this.part = part;
    }
  }

  /** Other columns of the rows with the lowest hashes, and behind them the order. */
  Lowest lowest(List<Column> of, int rows) throws Exception {
    List<Column> asked = new ArrayList<>(of);
    // From the smallest to the largest, without signs.
    asked.add(hash.bitwiseXOR(functions.lit(Long.MIN_VALUE)).alias("modeldb_order"));
    List<Column> order = new ArrayList<>(Collections.singletonList(functions.col("modeldb_order")));
    if (tie != null) {
      asked.add(tie.alias("modeldb_tie"));
      order.add(functions.col("modeldb_tie"));
    }
    PartOfData part = PartOfData.of(data.select(asked.toArray(new Column[0])), bytes);
    return new Lowest(part.data.orderBy(order.toArray(new Column[0])).limit(rows), part);
  }

  private void add(StructField field, Column column) {
    SampledColumn sampled = columns.size() < MAX_COLUMNS ? SampledColumn.of(field, column) : null;
    if (sampled == null || !isUnderstood(sampled)) {
      leftOut++;
    } else {
      columns.add(sampled);
    }
  }

  /** Not every type has a JSON form, nor every other type a text. */
  private boolean isUnderstood(SampledColumn column) {
    if (column.form != SampledColumn.Form.JSON
        && (column.form != SampledColumn.Form.TEXT || column.type.equals("string"))) {
      return true;
    }
    try {
      data.select(column.asked);
      return true;
    } catch (Exception e) {
      return false;
    }
  }

  private static Column hash(Collection<Column> columns) {
    return functions.xxhash64(columns.toArray(new Column[0]));
  }
}
