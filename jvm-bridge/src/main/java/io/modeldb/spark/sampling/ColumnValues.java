package io.modeldb.spark.sampling;

import com.google.protobuf.ByteString;
import io.modeldb.proto.v1.BinaryValues;
import io.modeldb.proto.v1.BooleanValues;
import io.modeldb.proto.v1.DoubleLists;
import io.modeldb.proto.v1.DoubleValues;
import io.modeldb.proto.v1.IntegerValues;
import io.modeldb.proto.v1.SampleColumn;
import io.modeldb.proto.v1.TextLists;
import io.modeldb.proto.v1.TextValues;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** Writes the values of one column, as they came from Spark, as a {@link SampleColumn}. */
final class ColumnValues {
  private static final long MICROS = 1_000_000;

  private ColumnValues() {}

  /**
   * @param values one for each row, of the type that the column was asked for; null for no value
   */
  static SampleColumn of(String name, String type, SampledColumn.Form form, List<?> values) {
    SampleColumn.Builder out = SampleColumn.newBuilder().setName(name).setType(type);
    for (int row = 0; row < values.size(); row++) {
      if (values.get(row) == null) {
        out.addNulls(row);
      }
    }
    switch (form) {
      case BOOLEAN:
        BooleanValues.Builder booleans = BooleanValues.newBuilder();
        values.forEach(v -> booleans.addValues(Boolean.TRUE.equals(v)));
        return out.setBooleans(booleans).build();
      case INTEGER:
      case LOCAL_TIME:
        IntegerValues.Builder integers = IntegerValues.newBuilder();
        values.forEach(v -> integers.addValues(integer(v)));
        return out.setIntegers(integers).build();
      case DOUBLE:
        DoubleValues.Builder doubles = DoubleValues.newBuilder();
        values.forEach(v -> doubles.addValues(v == null ? 0 : number(v)));
        return out.setDoubles(doubles).build();
      case BINARY:
        BinaryValues.Builder binaries = BinaryValues.newBuilder();
        values.forEach(v -> binaries.addValues(bytes(v)));
        return out.setBinaries(binaries).build();
      case DOUBLE_LIST:
        DoubleLists.Builder lists = DoubleLists.newBuilder();
        values.forEach(v -> lists.addValues(doubles(v)));
        return out.setDoubleLists(lists).build();
      case TEXT_LIST:
        TextLists.Builder texts = TextLists.newBuilder();
        values.forEach(v -> texts.addValues(texts(v)));
        return out.setTextLists(texts).build();
      default:
        TextValues.Builder text = TextValues.newBuilder();
        values.forEach(v -> text.addValues(v == null ? "" : text(v)));
        return out.setTexts(text).build();
    }
  }

  /** A number as a double; what is none is NaN. */
  static double number(Object value) {
    if (value instanceof Boolean) {
      return (Boolean) value ? 1 : 0;
    }
    return value instanceof Number ? ((Number) value).doubleValue() : Double.NaN;
  }

  /** A list of numbers; elements without a value are NaN. */
  static DoubleValues doubles(Object list) {
    DoubleValues.Builder out = DoubleValues.newBuilder();
    if (list != null) {
      ((List<?>) list).forEach(v -> out.addValues(number(v)));
    }
    return out.build();
  }

  private static long integer(Object value) {
    if (value instanceof LocalDateTime) {
      LocalDateTime time = (LocalDateTime) value;
      return time.toEpochSecond(ZoneOffset.UTC) * MICROS + time.getNano() / 1000;
    }
    return value == null ? 0 : ((Number) value).longValue();
  }

  private static ByteString bytes(Object value) {
    return value == null ? ByteString.EMPTY : ByteString.copyFrom((byte[]) value);
  }

  private static TextValues texts(Object list) {
    TextValues.Builder out = TextValues.newBuilder();
    if (list != null) {
      ((List<?>) list).forEach(v -> out.addValues(v == null ? "" : text(v)));
    }
    return out.build();
  }

  private static String text(Object value) {
    return value instanceof BigDecimal ? ((BigDecimal) value).toPlainString() : wellFormed(value);
  }

  /** Half a pair of surrogates, where a text was cut, is no UTF-8. */
  private static String wellFormed(Object value) {
    String text = String.valueOf(value);
    int last = text.length() - 1;
    return last >= 0 && Character.isHighSurrogate(text.charAt(last))
        ? text.substring(0, last)
        : text;
  }
}
