package io.modeldb.spark.sampling;

import java.lang.ref.WeakReference;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A call of {@code transform} at the top: what came out and what it was made from. */
final class Scoring {
  final long model;
  final long output;
  final long input;
  final StructType inputSchema;
  final StructType outputSchema;

  /** The columns that the model names as such; null where it does not. */
  final String prediction;

  final String probability;

  private final WeakReference<Dataset<?>> outputData;
  private final WeakReference<Dataset<?>> inputData;

  Scoring(
      long model,
      long output,
      Dataset<?> outputData,
      long input,
      Dataset<?> inputData,
      String prediction,
      String probability) {
    this.model = model;
    this.output = output;
    this.outputData = new WeakReference<>(outputData);
    this.outputSchema = outputData.schema();
    this.input = input;
    this.inputData = new WeakReference<>(inputData);
    this.inputSchema = inputData.schema();
    this.prediction = prediction;
    this.probability = probability;
  }

  /** What came out, while somebody holds it. */
  Dataset<?> outputData() {
    return outputData.get();
  }

  Dataset<?> inputData() {
    return inputData.get();
  }

  boolean wrote(String column) {
    return column != null && has(outputSchema, column) && !has(inputSchema, column);
  }

  private static boolean has(StructType schema, String column) {
    for (StructField field : schema.fields()) {
      if (field.name().equals(column)) {
        return true;
      }
    }
    return false;
  }

  /** The newest scorings, by what came out. */
  static final class Chain {
    private static final int LIMIT = 5000;

    private final Map<Long, Scoring> byOutput = new Newest<>(LIMIT);

    synchronized void add(Scoring scoring) {
      byOutput.put(scoring.output, scoring);
    }

    /** The scoring that gave a dataset, or null. */
    synchronized Scoring of(long output) {
      return byOutput.get(output);
    }

    /** The first of the scorings, one on the other, that led to this one. */
    synchronized Scoring first(Scoring last) {
      Scoring first = last;
      Set<Long> met = new HashSet<>();
      for (Scoring s = last; s != null && met.add(s.output); s = byOutput.get(s.input)) {
        first = s;
      }
      return first;
    }

    /** Of those scorings the nearest that wrote the column; null when none did. */
    synchronized Scoring writer(Scoring last, String column) {
      Set<Long> met = new HashSet<>();
      for (Scoring s = last; s != null && met.add(s.output); s = byOutput.get(s.input)) {
        if (s.wrote(column)) {
          return s;
        }
      }
      return null;
    }
  }
}
