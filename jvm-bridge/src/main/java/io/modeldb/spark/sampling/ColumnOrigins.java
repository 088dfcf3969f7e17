package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Run;
import io.modeldb.spark.capture.plan.ColumnLineage;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Dataset;

/** Which columns of a dataset a model wrote, and which tell of a column that must stay out. */
final class ColumnOrigins {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final ColumnLineage lineage;
  private final ExcludedColumns excluded;

  ColumnOrigins(Run run, Dataset<?> data, ExcludedColumns excluded) {
    this.lineage = run.lineage(Plans.analyzed(data), System.nanoTime() + LIMIT_NANOS);
    this.excluded = excluded;
  }

  boolean writtenByModel(String column) {
    return lineage.writtenByModel(column);
  }

  /**
   * Whether the column is excluded, or made from one that is: an index of names tells the names.
   * Where it cannot be known what it is made from, it might be.
   *
   * @param said by a model, of all that it looked at together: a prediction tells of no one column
   */
  boolean mustStay(String column, Set<String> said) {
    if (excluded.isEmpty()) {
      return false;
    }
    if (excluded.has(column)) {
      return true;
    }
    if (said.contains(column) && lineage.writtenByModel(column)) {
      return false;
    }
    SortedSet<String> behind = lineage.columnsBehind(column);
    return behind == null || behind.stream().anyMatch(excluded::has);
  }
}
