package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Feature;
import java.util.Arrays;
import java.util.Locale;
import java.util.PriorityQueue;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.Vector;

/**
 * The numbers that a model has for each slot of its features: coefficients, importances,
 * coordinates of centres, with the intercepts at position -1.
 *
 * <p>Of more than {@link #MAX_FEATURES} numbers those of the largest magnitude are told.
 */
final class LearntSlots {
  static final int MAX_FEATURES = 10_000;

  private static final String[] TELLING = {
    "featureImportances",
    "coefficientMatrix",
    "coefficients",
    "linear",
    "theta",
    "clusterCenters",
    "gaussians"
  };

  /** A number by class (or cluster) and slot. */
  private interface Cells {
    double at(int row, int slot);
  }

  private final Cells cells;
  private final int rows;
  private final int slots;
  private boolean importances;

  /** Whether rows are classes; else there is one row, of no class. */
  private boolean byClass;

  /** One for each row, or null. */
  private double[] intercepts;

  /** One for each slot and one for the intercept, or null. */
  private double[] errors;

  private LearntSlots(int rows, int slots, Cells cells) {
    this.rows = rows;
    this.slots = slots;
    this.cells = cells;
  }

  static boolean has(Object model) {
    for (String getter : TELLING) {
      if (Reflect.has(model, getter)) {
        return true;
      }
    }
    return false;
  }

  static void read(Object model, FeatureSlots features, LearntChunks out) {
    LearntSlots learnt = of(model);
    if (learnt != null) {
      out.countSlots(learnt.slots);
      features.count(learnt.slots);
      learnt.tell(features, out);
    }
  }

  private static LearntSlots of(Object model) {
    LearntSlots out;
    if (Reflect.has(model, "featureImportances")) {
      out = ofVector(Reflect.call(model, "featureImportances"));
      if (out != null) {
        out.importances = true;
      }
    } else if (Reflect.has(model, "coefficientMatrix")) {
      out = ofMatrix(Reflect.call(model, "coefficientMatrix"));
      out.byClass = out.rows > 1;
      out.intercepts = interceptsOf(model, "interceptVector");
    } else if (Reflect.has(model, "theta")) {
      out = ofMatrix(Reflect.call(model, "theta"));
      out.byClass = true;
      out.intercepts = interceptsOf(model, "pi");
    } else if (Reflect.has(model, "clusterCenters")) {
      out = ofCentres(Reflect.call(model, "clusterCenters"), false);
    } else if (Reflect.has(model, "gaussians")) {
      out = ofCentres(Reflect.call(model, "gaussians"), true);
    } else {
      String getter = Reflect.has(model, "linear") ? "linear" : "coefficients";
      out = ofVector(Reflect.call(model, getter));
      if (out != null) {
        out.intercepts = interceptsOf(model, "intercept");
        out.errors = standardErrors(model);
      }
    }
    return out;
  }

  private static LearntSlots ofVector(Object value) {
    if (!(value instanceof Vector)) {
      return null;
    }
    Vector vector = (Vector) value;
    return new LearntSlots(1, vector.size(), (row, slot) -> vector.apply(slot));
  }

  private static LearntSlots ofMatrix(Object value) {
    Matrix matrix = (Matrix) value;
    return new LearntSlots(matrix.numRows(), matrix.numCols(), matrix::apply);
  }

  private static LearntSlots ofCentres(Object value, boolean gaussians) {
    Object[] all = (Object[]) value;
    Vector[] centres = new Vector[all.length];
    for (int i = 0; i < all.length; i++) {
      centres[i] = (Vector) (gaussians ? Reflect.call(all[i], "mean") : all[i]);
    }
    int slots = centres.length == 0 ? 0 : centres[0].size();
    LearntSlots out =
        new LearntSlots(centres.length, slots, (row, slot) -> centres[row].apply(slot));
    out.byClass = true;
    return out;
  }

  private static double[] interceptsOf(Object model, String getter) {
    if (Boolean.FALSE.equals(Reflect.call(model, "getFitIntercept"))) {
      return null;
    }
    Object value = Reflect.call(model, getter);
    if (value instanceof Vector) {
      return ((Vector) value).toArray();
    }
    return value instanceof Double ? new double[] {(Double) value} : null;
  }

  /**
   * Standard errors, where they are there already: of a generalised linear model that was solved by
   * normal equations, for families whose dispersion is 1. Otherwise a job would have to run.
   */
  private static double[] standardErrors(Object model) {
    Object family = Reflect.call(model, "getFamily");
    if (!(family instanceof String)) {
      return null;
    }
    String name = ((String) family).toLowerCase(Locale.ROOT);
    if (!name.equals("binomial") && !name.equals("poisson")) {
      return null;
    }
    Object summary = Summaries.ofTraining(model);
    if (!Boolean.TRUE.equals(Reflect.call(summary, "isNormalSolver"))) {
      return null;
    }
    Object errors = Reflect.call(summary, "coefficientStandardErrors");
    return errors instanceof double[] ? (double[]) errors : null;
  }

  private void tell(FeatureSlots features, LearntChunks out) {
    for (int row = 0; intercepts != null && row < Math.min(rows, intercepts.length); row++) {
      Feature.Builder intercept = feature(row, -1, "(intercept)").setCoefficient(intercepts[row]);
      if (errors != null && errors.length == slots + 1) {
        intercept.setStdError(errors[slots]);
      }
      out.add(intercept.build());
    }
    for (long cell : largest(out)) {
      int row = (int) (cell / slots);
      int slot = (int) (cell % slots);
      Feature.Builder feature = feature(row, slot, features.name(slot));
      feature.addAllSourceColumns(features.sources(slot));
      double value = cells.at(row, slot);
      if (importances) {
        feature.setImportance(value);
      } else {
        feature.setCoefficient(value);
      }
      if (errors != null && slot < errors.length) {
        feature.setStdError(errors[slot]);
      }
      out.add(feature.build());
    }
  }

  private Feature.Builder feature(int row, int slot, String name) {
    Feature.Builder out = Feature.newBuilder().setPosition(slot).setName(name);
    return byClass ? out.setClassIndex(row) : out;
  }

  /** The cells to tell, counted row by row, in order. */
  private long[] largest(LearntChunks out) {
    long count = (long) rows * slots;
    if (count <= MAX_FEATURES) {
      long[] all = new long[(int) count];
      Arrays.setAll(all, i -> i);
      return all;
    }
    PriorityQueue<Ranked> best = new PriorityQueue<>(MAX_FEATURES);
    for (long cell = 0; cell < count && !out.isOver(); cell++) {
      double magnitude = Math.abs(cells.at((int) (cell / slots), (int) (cell % slots)));
      if (best.size() < MAX_FEATURES) {
        best.add(new Ranked(cell, magnitude));
      } else if (magnitude > best.peek().magnitude) {
        best.poll();
        best.add(new Ranked(cell, magnitude));
      }
    }
    return best.stream().mapToLong(ranked -> ranked.cell).sorted().toArray();
  }

  private static final class Ranked implements Comparable<Ranked> {
    final long cell;
    final double magnitude;

    Ranked(long cell, double magnitude) {
      this.cell = cell;
      this.magnitude = magnitude;
    }

    @Override
    public int compareTo(Ranked other) {
      int byMagnitude = Double.compare(magnitude, other.magnitude);
      // Of equals the first are told.
      return byMagnitude != 0 ? byMagnitude : Long.compare(other.cell, cell);
    }
  }
}
