package io.modeldb.spark.sampling;

import io.modeldb.proto.v1.DoubleValues;
import io.modeldb.proto.v1.PredictionsSampled;
import io.modeldb.proto.v1.Sampled;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;

/**
 * Sampled rows in the order of their ids, and how they are told: in messages that the agent takes,
 * with fewer rows if need be.
 */
final class SampleRows {
  /** Bytes of one message, well under what the agent takes. */
  static final int MAX_MESSAGE = 3 << 19;

  /** Messages for one sample. */
  static final int MAX_MESSAGES = 4;

  private final List<String> ids;
  private final List<SampledColumn> columns;
  private final List<Row> rows;
  private final String method;

  /**
   * @param columns in the order in which rows have their values, behind the hash
   * @param method how they were chosen
   */
  SampleRows(List<SampledColumn> columns, List<Row> rows, String method) {
    this.method = method;
    this.columns = columns;
    this.rows = rows;
    List<Long> hashes = new ArrayList<>(rows.size());
    rows.forEach(row -> hashes.add(row.getLong(0)));
    this.ids = RowIds.of(hashes);
  }

  int size() {
    return rows.size();
  }

  /** Whether one of these columns was asked for. */
  boolean has(Set<String> names) {
    return columns.stream().anyMatch(column -> names.contains(column.name));
  }

  List<String> ids() {
    return ids;
  }

  /**
   * A sample of these rows and columns, in as many messages as it needs and may have.
   *
   * @param chosen the numbers of the rows
   * @param wanted the names of the columns
   * @return messages with one row each at least; the rows of the last ones may be missing
   */
  List<Sampled> sampled(long dataset, String role, List<Integer> chosen, Set<String> wanted) {
    List<Sampled> messages = new ArrayList<>();
    List<Integer> left = chosen;
    while (!left.isEmpty() && messages.size() < MAX_MESSAGES) {
      Sampled next = first(dataset, role, left, wanted);
      if (next.getRowIdsCount() == 0 || next.getColumnsCount() == 0) {
        break; // One row alone is more than a message.
      }
      messages.add(next);
      left = left.subList(next.getRowIdsCount(), left.size());
    }
    return messages;
  }

  /** As many of them as one message takes. */
  private Sampled first(long dataset, String role, List<Integer> chosen, Set<String> wanted) {
    List<Integer> told = chosen;
    while (true) {
      Sampled.Builder out =
          Sampled.newBuilder().setDataset(dataset).setRole(role).setMethod(method);
      told.forEach(row -> out.addRowIds(ids.get(row)));
      for (int i = 0; i < columns.size(); i++) {
        SampledColumn column = columns.get(i);
        if (wanted.contains(column.name)) {
          out.addColumns(ColumnValues.of(column.name, column.type, column.form, values(i, told)));
        }
      }
      Sampled sampled = out.build();
      int fit = fit(told.size(), sampled.getSerializedSize());
      if (fit == told.size()) {
        return sampled;
      }
      told = told.subList(0, fit);
    }
  }

  /**
   * What a model said of these rows.
   *
   * @param label the name of the column of labels; null, as for the others, where there is none
   * @return null when it said nothing that is told
   */
  PredictionsSampled predictions(
      long model, long dataset, int limit, String label, String prediction, String probability) {
    int labels = numbers(label);
    int predictions = numbers(prediction);
    int probabilities = index(probability, SampledColumn.Form.DOUBLE_LIST);
    if (predictions < 0 && probabilities < 0) {
      return null;
    }
    int told = Math.min(limit, rows.size());
    while (true) {
      PredictionsSampled.Builder out =
          PredictionsSampled.newBuilder().setModel(model).setDataset(dataset);
      for (int row = 0; row < told; row++) {
        out.addRowIds(ids.get(row));
        if (labels >= 0) {
          out.addLabels(ColumnValues.number(value(labels, row)));
        }
        if (predictions >= 0) {
          out.addPredictions(ColumnValues.number(value(predictions, row)));
        }
        if (probabilities >= 0) {
          DoubleValues of = ColumnValues.doubles(value(probabilities, row));
          out.addProbabilities(of);
        }
      }
      PredictionsSampled sampled = out.build();
      int fit = fit(told, sampled.getSerializedSize());
      if (fit == told) {
        return sampled;
      }
      told = fit;
    }
  }

  /** How many of so many rows fit, when they took so many bytes. */
  private static int fit(int rows, int bytes) {
    return bytes <= MAX_MESSAGE ? rows : (int) Math.min(rows - 1, 0.9 * rows * MAX_MESSAGE / bytes);
  }

  private int numbers(String column) {
    for (SampledColumn.Form form :
        new SampledColumn.Form[] {
          SampledColumn.Form.DOUBLE, SampledColumn.Form.INTEGER,
          SampledColumn.Form.BOOLEAN, SampledColumn.Form.DECIMAL
        }) {
      int index = index(column, form);
      if (index >= 0) {
        return index;
      }
    }
    return -1;
  }

  private int index(String column, SampledColumn.Form form) {
    for (int i = 0; column != null && i < columns.size(); i++) {
      if (columns.get(i).name.equals(column) && columns.get(i).form == form) {
        return i;
      }
    }
    return -1;
  }

  private Object value(int column, int row) {
    Row of = rows.get(row);
    if (of.isNullAt(column + 1)) {
      return null;
    }
    SampledColumn.Form form = columns.get(column).form;
    boolean list = form == SampledColumn.Form.DOUBLE_LIST || form == SampledColumn.Form.TEXT_LIST;
    return list ? of.getList(column + 1) : of.get(column + 1);
  }

  private List<Object> values(int column, List<Integer> told) {
    List<Object> out = new ArrayList<>(told.size());
    told.forEach(row -> out.add(value(column, row)));
    return out;
  }
}
