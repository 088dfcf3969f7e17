package org.apache.spark.ml.regression;

import java.util.function.Supplier;

/** In a package of Spark's, because only summaries there have hooks on their getters. */
public final class FakeSummary implements Supplier<Object> {
  public double r2() {
    return 0.5;
  }

  public double weightedFMeasure(double beta) {
    double square = beta * beta;
    if (square > 1) {
      return square;
    }
    return 1;
  }

  public double r2$lzycompute() {
    return 3;
  }

  public int size() {
    return 4;
  }

  @Override
  public Object get() {
    return r2() + weightedFMeasure(1) + weightedFMeasure(2) + r2$lzycompute() + size();
  }
}
