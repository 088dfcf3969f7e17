package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modeldb.proto.v1.PredictionsSampled;
import io.modeldb.proto.v1.SampleColumn;
import io.modeldb.proto.v1.Sampled;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import scala.collection.mutable.WrappedArray;

class SampleRowsTest {
  private static final SampledColumn LABEL = column("label", SampledColumn.Form.INTEGER);
  private static final SampledColumn PREDICTION = column("prediction", SampledColumn.Form.DOUBLE);
  private static final SampledColumn PROBABILITY =
      column("probability", SampledColumn.Form.DOUBLE_LIST);
  private static final SampledColumn TEXT = column("text", SampledColumn.Form.TEXT);

  @Test
  void equalHashesAreNumbered() {
    assertEquals(
        Arrays.asList("0000000000000000", "0000000000000000-1", "ffffffffffffffff"),
        RowIds.of(Arrays.asList(0L, 0L, -1L)));
  }

  @Test
  void everyFormHasItsValuesAndItsNulls() {
    assertEquals("true,false", texts(SampledColumn.Form.BOOLEAN, true, null));
    assertEquals("7,0", texts(SampledColumn.Form.INTEGER, 7L, null));
    LocalDateTime time = LocalDateTime.of(1969, 12, 31, 23, 59, 59, 500_000_000);
    assertEquals("-500000,0", texts(SampledColumn.Form.LOCAL_TIME, time, null));
    assertEquals("0.5,0.0", texts(SampledColumn.Form.DOUBLE, 0.5, null));
    assertEquals("0.0000001,", texts(SampledColumn.Form.DECIMAL, new BigDecimal("1E-7"), null));
    assertEquals("half,", texts(SampledColumn.Form.TEXT, "half\ud83d", null));
    SampleColumn bytes = of(SampledColumn.Form.BINARY, new byte[] {1, 2}, null);
    assertEquals(2, bytes.getBinaries().getValues(0).size());
    SampleColumn lists = of(SampledColumn.Form.DOUBLE_LIST, Arrays.asList(1, null, 2.5f), null);
    assertEquals(
        Arrays.asList(1.0, Double.NaN, 2.5), lists.getDoubleLists().getValues(0).getValuesList());
    SampleColumn words = of(SampledColumn.Form.TEXT_LIST, Arrays.asList("a", null), null);
    assertEquals(Arrays.asList("a", ""), words.getTextLists().getValues(0).getValuesList());
  }

  @Test
  void aSampleHasTheRowsAndColumnsThatWereChosen() {
    SampleRows rows = rows(3, 2);
    Sampled sampled =
        rows.sampled(4, "test", Arrays.asList(0, 2), new HashSet<>(Arrays.asList("label", "text")))
            .get(0);
    assertEquals(Arrays.asList("0000000000000000", "0000000000000002"), sampled.getRowIdsList());
    assertEquals("label", sampled.getColumns(0).getName());
    assertEquals(Arrays.asList(0L, 2L), sampled.getColumns(0).getIntegers().getValuesList());
    assertEquals(2, sampled.getColumnsCount());
    assertEquals("lowest-hash", sampled.getMethod());
  }

  @Test
  void predictionsNeedNumbers() {
    SampleRows rows = rows(3, 2);
    PredictionsSampled all = rows.predictions(1, 2, 2, "label", "prediction", "probability");
    assertEquals(Arrays.asList(0.0, 1.0), all.getLabelsList());
    assertEquals(Arrays.asList(0.0, 0.5), all.getPredictionsList());
    assertEquals(Arrays.asList(0.25, 0.75), all.getProbabilities(0).getValuesList());
    PredictionsSampled some = rows.predictions(1, 2, 9, "text", "prediction", null);
    assertEquals(3, some.getRowIdsCount());
    assertEquals(0, some.getLabelsCount());
    assertEquals(0, some.getProbabilitiesCount());
    assertNull(rows.predictions(1, 2, 9, "label", "text", "gone"));
  }

  @Test
  void rowsThatDoNotFitIntoAMessageAreInTheNext() {
    SampleRows rows = rows(1000, 4000);
    Set<String> text = Collections.singleton("text");
    List<Sampled> messages = rows.sampled(4, "train", all(1000), text);
    List<String> told = new ArrayList<>();
    for (Sampled sampled : messages) {
      assertTrue(sampled.getSerializedSize() <= SampleRows.MAX_MESSAGE);
      assertEquals(sampled.getRowIdsCount(), sampled.getColumns(0).getTexts().getValuesCount());
      told.addAll(sampled.getRowIdsList());
    }
    assertTrue(messages.get(0).getRowIdsCount() > 250, "far fewer than would fit");
    assertEquals(rows.ids(), told);

    List<Sampled> most = rows(4000, 4000).sampled(4, "train", all(4000), text);
    assertEquals(SampleRows.MAX_MESSAGES, most.size());
    SampleRows huge = rows(1, SampleRows.MAX_MESSAGE + 1);
    assertEquals(0, huge.sampled(4, "train", Collections.singletonList(0), text).size());
  }

  private static List<Integer> all(int count) {
    return IntStream.range(0, count).boxed().collect(Collectors.toList());
  }

  private static SampleRows rows(int count, int textLength) {
    char[] text = new char[textLength];
    Arrays.fill(text, 'x');
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      Object probability = WrappedArray.make(new Double[] {0.25, 0.75});
      rows.add(RowFactory.create(i, i, i / 2.0, probability, new String(text)));
    }
    return new SampleRows(Arrays.asList(LABEL, PREDICTION, PROBABILITY, TEXT), rows, "lowest-hash");
  }

  private static SampledColumn column(String name, SampledColumn.Form form) {
    return new SampledColumn(name, form.name(), form, null, form.bytes);
  }

  private static SampleColumn of(SampledColumn.Form form, Object... values) {
    SampleColumn column = ColumnValues.of("c", "t", form, Arrays.asList(values));
    assertEquals(Collections.singletonList(1), column.getNullsList());
    return column;
  }

  private static String texts(SampledColumn.Form form, Object... values) {
    SampleColumn column = of(form, values);
    List<?> told;
    switch (column.getValuesCase()) {
      case BOOLEANS:
        told = column.getBooleans().getValuesList();
        break;
      case INTEGERS:
        told = column.getIntegers().getValuesList();
        break;
      case DOUBLES:
        told = column.getDoubles().getValuesList();
        break;
      default:
        told = column.getTexts().getValuesList();
    }
    return told.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
