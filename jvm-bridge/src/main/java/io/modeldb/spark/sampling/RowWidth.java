package io.modeldb.spark.sampling;

import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.sql.types.UserDefinedType;

/**
 * About how many bytes a row takes, asked where the row is: one of the user's may be larger than
 * the driver's heap.
 */
final class RowWidth {
  /** Of a value; no number is larger. */
  private static final long VALUE = 24;

  /** Of a slot of a vector: its index and its value. */
  private static final int SLOT = 12;

  /** Numbers may take more than their digits do. */
  private static final long JSON = 4;

  private long fixed;
  private Column varying;

  private RowWidth() {}

  /**
   * @param column gives the column of a name
   * @return null when that cannot be told, or only with much work
   */
  static RowWidth of(StructType schema, Function<String, Column> column) {
    RowWidth width = new RowWidth();
    for (StructField field : schema.fields()) {
      if (!width.add(field, column)) {
        return null;
      }
    }
    return width;
  }

  private boolean add(StructField field, Function<String, Column> column) {
    DataType type = field.dataType();
    fixed += VALUE;
    if (hasFixedSize(type)) {
      return true;
    }
    if (type instanceof UserDefinedType) {
      long slots = SampledColumn.isVector(type) ? SampledColumn.slots(field.metadata()) : -1;
      fixed += slots * SLOT;
      return slots >= 0;
    }
    Column of = column.apply(field.name());
    Column bytes;
    if (type instanceof StringType || type instanceof BinaryType) {
      bytes = functions.octet_length(of);
    } else if (type instanceof ArrayType && hasFixedSize(((ArrayType) type).elementType())) {
      bytes = functions.size(of).multiply(functions.lit(VALUE));
    } else if (hasNestedStruct(type)) {
      return false; // As JSON its nulls take nothing, in memory each of its fields does.
    } else {
      fixed += fields(type) * VALUE;
      Column json = functions.to_json(functions.struct(of));
      bytes = functions.octet_length(json).multiply(functions.lit(JSON));
    }
    Column some = functions.coalesce(bytes, functions.lit(0));
    varying = varying == null ? some : varying.plus(some);
    return true;
  }

  /** Whether there may be any number of some struct in a value. */
  private static boolean hasNestedStruct(DataType type) {
    if (type instanceof ArrayType) {
      return fields(((ArrayType) type).elementType()) > 0;
    }
    if (type instanceof MapType) {
      MapType map = (MapType) type;
      return fields(map.keyType()) + fields(map.valueType()) > 0;
    }
    if (type instanceof StructType) {
      for (StructField field : ((StructType) type).fields()) {
        if (hasNestedStruct(field.dataType())) {
          return true;
        }
      }
    }
    return false;
  }

  /** The fields of the structs in a type. */
  private static long fields(DataType type) {
    long fields = 0;
    if (type instanceof StructType) {
      for (StructField field : ((StructType) type).fields()) {
        fields += 1 + fields(field.dataType());
      }
    } else if (type instanceof ArrayType) {
      fields = fields(((ArrayType) type).elementType());
    } else if (type instanceof MapType) {
      MapType map = (MapType) type;
      fields = fields(map.keyType()) + fields(map.valueType());
    }
    return fields;
  }

  private static boolean hasFixedSize(DataType type) {
    return type instanceof NumericType
        || type instanceof BooleanType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType;
  }

  /** The bytes that every row takes. */
  long fixed() {
    return fixed;
  }

  /** Whether a row takes at most so many. */
  Column isAtMost(long bytes) {
    return (varying == null ? functions.lit(0) : varying).leq(functions.lit(bytes - fixed));
  }
}
