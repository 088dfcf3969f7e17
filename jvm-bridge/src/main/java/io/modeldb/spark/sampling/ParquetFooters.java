package io.modeldb.spark.sampling;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** What the footers of Parquet files tell of the width of columns. */
final class ParquetFooters {
  /** What Spark has in memory for a value of a column, be it null: itself, or where it is. */
  private static final long SLOT_BYTES = 17;

  private ParquetFooters() {}

  /**
   * The bytes that a batch of rows of each top-level column takes at most, when values are as wide
   * as they are on average in their row group. No batch goes beyond its row group.
   *
   * @return by names in lower case
   */
  static Map<String, Long> batchBytes(List<FileStatus> files, Configuration conf, int batchRows)
      throws IOException {
    Map<String, Long> most = new HashMap<>();
    for (FileStatus file : files) {
      try (ParquetFileReader reader =
          ParquetFileReader.open(HadoopInputFile.fromStatus(file, conf))) {
        for (BlockMetaData group : reader.getRowGroups()) {
          Map<String, Long> whole = new HashMap<>();
          for (ColumnChunkMetaData chunk : group.getColumns()) {
            String column = chunk.getPath().toArray()[0].toLowerCase(Locale.ROOT);
            // Values that are null or repeat themselves take little in the file, not in memory.
            long slots = chunk.getValueCount() * SLOT_BYTES;
            whole.merge(column, Math.max(chunk.getTotalUncompressedSize(), slots), Long::sum);
          }
          double part = Math.min(1.0, (double) batchRows / Math.max(1, group.getRowCount()));
          whole.forEach((column, bytes) -> most.merge(column, (long) (bytes * part), Math::max));
        }
      }
    }
    return most;
  }
}
