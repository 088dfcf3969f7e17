package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.types.StructType;

/** The leaf of a plan that reads files, of either version of Spark's data sources. */
final class FileScan {
  /** How values come out of files. */
  enum Format {
    PARQUET,
    ORC,
    /** Row by row. */
    ROWS
  }

  final Object leaf;
  final Format format;

  /**
   * Of all files together; of a catalog's partitions, {@code Long.MAX_VALUE} if it was not told.
   */
  final long bytes;

  private final Object index;

  private FileScan(Object leaf, Object index, Object reader, long bytes) {
    this.leaf = leaf;
    this.index = index;
    this.bytes = bytes;
    if (isA(reader, "ParquetFileFormat") || isA(reader, "ParquetTable")) {
      format = Format.PARQUET;
    } else if (isA(reader, "OrcFileFormat") || isA(reader, "OrcTable")) {
      format = Format.ORC;
    } else {
      format = Format.ROWS;
    }
  }

  /**
   * @return null when it is none, or one whose every row is a whole file
   */
  static FileScan of(Object leaf) {
    Object index = null;
    Object reader = null;
    if (Plans.kind(leaf).equals("LogicalRelation")) {
      Object relation = Reflect.call(leaf, "relation");
      if (relation != null && Plans.kind(relation).equals("HadoopFsRelation")) {
        index = Reflect.call(relation, "location");
        reader = Reflect.call(relation, "fileFormat");
      }
    } else if (Plans.kind(leaf).equals("DataSourceV2Relation")) {
      reader = Reflect.call(leaf, "table");
      index = isA(reader, "FileTable") ? Reflect.call(reader, "fileIndex") : null;
    }
    Object bytes = Reflect.call(index, "sizeInBytes");
    if (!(bytes instanceof Long)
        || isA(reader, "BinaryFileFormat")
        || isA(reader, "ImageFileFormat")) {
      return null;
    }
    return new FileScan(leaf, index, reader, (Long) bytes);
  }

  /** Columns that are in the names of directories. */
  Set<String> partitionColumns() {
    Object schema = Reflect.call(index, "partitionSchema");
    return schema instanceof StructType
        ? new HashSet<>(Arrays.asList(((StructType) schema).fieldNames()))
        : Collections.emptySet();
  }

  /** The largest files, at most so many; none where Spark has not listed them. */
  List<FileStatus> largestFiles(int most) {
    List<FileStatus> files = new ArrayList<>();
    for (Object file : Plans.list(Reflect.call(index, "allFiles"))) {
      if (file instanceof FileStatus) {
        files.add((FileStatus) file);
      }
    }
    Comparator<FileStatus> bySize = Comparator.comparing(file -> -file.getLen());
    return files.stream()
        .sorted(bySize.thenComparing(file -> file.getPath().toString()))
        .limit(most)
        .collect(Collectors.toList());
  }

  private static boolean isA(Object object, String simpleName) {
    for (Class<?> c = object == null ? null : object.getClass(); c != null; c = c.getSuperclass()) {
      if (c.getName().startsWith("org.apache.spark.") && c.getName().endsWith("." + simpleName)) {
        return true;
      }
    }
    return false;
  }
}
