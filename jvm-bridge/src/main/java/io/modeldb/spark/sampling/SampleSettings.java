package io.modeldb.spark.sampling;

/** What may be sampled of one application, and how much of it. */
public final class SampleSettings {
  /** Which datasets are sampled. */
  public enum Mode {
    OFF,
    /** Those that are cached, or can be read without a shuffle or a function of the user's. */
    CHEAP,
    /** All but streams, whatever it costs. */
    ALWAYS
  }

  final Mode mode;
  final int rows;
  final int predictionRows;
  final long timeoutNanos;
  final long budgetNanos;
  final ExcludedColumns excluded;

  /**
   * @param rows of a training set, and of a scored dataset
   * @param predictionRows scored rows of an evaluation
   * @param budgetNanos what cheap samples may take before they have a share of the run's time only
   * @param excluded patterns of the names of columns that never leave the driver
   */
  public SampleSettings(
      Mode mode,
      int rows,
      int predictionRows,
      long timeoutNanos,
      long budgetNanos,
      ExcludedColumns excluded) {
    this.mode = mode;
    this.rows = rows;
    this.predictionRows = predictionRows;
    this.timeoutNanos = timeoutNanos;
    this.budgetNanos = budgetNanos;
    this.excluded = excluded;
  }

  public Mode mode() {
    return mode;
  }

  public int rows() {
    return rows;
  }

  public int predictionRows() {
    return predictionRows;
  }

  public long timeoutNanos() {
    return timeoutNanos;
  }

  public long budgetNanos() {
    return budgetNanos;
  }

  public ExcludedColumns excluded() {
    return excluded;
  }
}
