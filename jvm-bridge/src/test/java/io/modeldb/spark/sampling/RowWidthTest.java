package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.Test;

class RowWidthTest {
  @Test
  void numbersAndSlotsAreKnownBeforehand() {
    DataType vector = SQLDataTypes.VectorType();
    Metadata ten = new MetadataBuilder().putLong("numFeatures", 10).build();
    StructField number = field("a", DataTypes.LongType, Metadata.empty());
    assertEquals(24, of(number).fixed());
    assertEquals(24 + 24 + 10 * 12, of(number, field("b", vector, ten)).fixed());
    assertNull(
        of(number, field("b", vector, Metadata.empty())), "it might have any number of slots");
  }

  private static StructField field(String name, DataType type, Metadata metadata) {
    return DataTypes.createStructField(name, type, true, metadata);
  }

  private static RowWidth of(StructField... fields) {
    return RowWidth.of(DataTypes.createStructType(fields), name -> null);
  }
}
