package io.modeldb.spark.sampling;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.sql.types.UserDefinedType;

/**
 * A column that is sampled: what it is asked for, and the form in which it travels.
 *
 * <p>Values are cut where they are, on the executors: a row of the user's may be larger than the
 * driver's heap.
 */
final class SampledColumn {
  /** Characters of a text or bytes of a binary value; the rest is cut off. */
  static final int MAX_TEXT = 4096;

  /** Elements of an array, slots of a vector. */
  static final int MAX_ELEMENTS = 1000;

  /** Characters of all texts in a list. */
  static final int MAX_LIST_TEXT = 2 * MAX_TEXT;

  /** The most bytes that a character takes. */
  private static final int CHARACTER = 4;

  /** What an element of a list takes beside its characters. */
  private static final int ELEMENT = 16;

  /** How values travel. */
  enum Form {
    BOOLEAN(1),
    INTEGER(8),
    DOUBLE(8),
    /** Micros of a local time, which is what Spark keeps. */
    LOCAL_TIME(8),
    DECIMAL(40),
    TEXT(CHARACTER * MAX_TEXT),
    JSON(CHARACTER * MAX_TEXT),
    BINARY(MAX_TEXT),
    DOUBLE_LIST(8 * MAX_ELEMENTS),
    TEXT_LIST(CHARACTER * MAX_LIST_TEXT + ELEMENT * MAX_ELEMENTS);

    /** The most bytes that a value takes. */
    final int bytes;

    Form(int bytes) {
      this.bytes = bytes;
    }
  }

  final String name;
  final String type;
  final Form form;

  /** What is asked for; of a type that a decoder needs to know nothing else about. */
  final Column asked;

  /** The most bytes that a value takes. */
  final int bytes;

  SampledColumn(String name, String type, Form form, Column asked, int bytes) {
    this.name = name;
    this.type = type;
    this.form = form;
    this.asked = asked;
    this.bytes = bytes;
  }

  /**
   * The column as it is sampled, or null when its values have no form that travels.
   *
   * @param column of the dataset that is asked
   */
  static SampledColumn of(StructField field, Column column) {
    DataType type = field.dataType();
    Form form = form(type);
    if (form == null) {
      return null;
    }
    int bytes = form.bytes;
    if (type instanceof UserDefinedType) {
      long slots = slots(field.metadata());
      if (slots > MAX_ELEMENTS) {
        return null;
      }
      bytes = slots < 0 ? bytes : (int) slots * 8;
    }
    return new SampledColumn(
        field.name(), type.simpleString(), form, asked(type, form, column), bytes);
  }

  private static Form form(DataType type) {
    if (type instanceof BooleanType) {
      return Form.BOOLEAN;
    } else if (type instanceof DecimalType) {
      return Form.DECIMAL;
    } else if (type instanceof NumericType) {
      return isFraction(type) ? Form.DOUBLE : Form.INTEGER;
    } else if (type instanceof DateType || type instanceof TimestampType) {
      return Form.INTEGER;
    } else if (type instanceof TimestampNTZType) {
      return Form.LOCAL_TIME;
    } else if (type instanceof BinaryType) {
      return Form.BINARY;
    } else if (type instanceof UserDefinedType) {
      // Another one's values are objects of classes that may be the user's.
      return isVector(type) ? Form.DOUBLE_LIST : null;
    } else if (type instanceof ArrayType) {
      DataType element = ((ArrayType) type).elementType();
      if (element instanceof NumericType) {
        return Form.DOUBLE_LIST;
      }
      return element instanceof StringType ? Form.TEXT_LIST : Form.JSON;
    } else if (type instanceof StructType || type instanceof MapType) {
      return Form.JSON;
    }
    // Texts and whatever can be told as one: intervals, variants.
    return Form.TEXT;
  }

  private static Column asked(DataType type, Form form, Column column) {
    switch (form) {
      case INTEGER:
        if (type instanceof DateType) {
          return functions.unix_date(column);
        }
        return type instanceof TimestampType
            ? functions.unix_micros(column)
            : column.cast("bigint");
      case DOUBLE:
        return column.cast("double");
      case TEXT:
        return functions.substring(column.cast("string"), 1, MAX_TEXT);
      case JSON:
        return functions.substring(functions.to_json(column), 1, MAX_TEXT);
      case BINARY:
        return functions.substring(column, 1, MAX_TEXT);
      case DOUBLE_LIST:
        return isVector(type)
            ? functions.slice(
                org.apache.spark.ml.functions.vector_to_array(column, "float64"), 1, MAX_ELEMENTS)
            : functions.slice(column, 1, MAX_ELEMENTS).cast("array<double>");
      case TEXT_LIST:
        return texts(column);
      default:
        return column;
    }
  }

  /** The first elements, each cut; fewer of them if one is so long that not all might have room. */
  private static Column texts(Column column) {
    Column first =
        functions.transform(
            functions.slice(column, 1, MAX_ELEMENTS),
            element -> functions.substring(element, 1, MAX_TEXT));
    Column longest = functions.array_max(functions.transform(first, functions::length));
    Column room =
        functions.floor(
            functions.lit(MAX_LIST_TEXT).divide(functions.greatest(longest, functions.lit(1))));
    return functions.slice(first, functions.lit(1), room.cast("int"));
  }

  /** Whether Spark can hash values of the type, which it refuses for maps and variants. */
  static boolean isHashable(DataType type) {
    if (type instanceof MapType || type.typeName().startsWith("variant")) {
      return false;
    }
    if (type instanceof ArrayType) {
      return isHashable(((ArrayType) type).elementType());
    }
    if (type instanceof StructType) {
      for (StructField field : ((StructType) type).fields()) {
        if (!isHashable(field.dataType())) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isFraction(DataType type) {
    return type.typeName().equals("double") || type.typeName().equals("float");
  }

  static boolean isVector(DataType type) {
    String name = type.getClass().getName();
    return name.equals("org.apache.spark.ml.linalg.VectorUDT")
        || name.equals("org.apache.spark.mllib.linalg.VectorUDT");
  }

  /** How many slots spark.ml says that the column's vectors have; -1 where it does not. */
  static long slots(Metadata metadata) {
    if (metadata == null) {
      return -1;
    }
    if (metadata.contains("numFeatures")) {
      return metadata.getLong("numFeatures");
    }
    if (!metadata.contains("ml_attr")) {
      return -1;
    }
    Metadata attributes = metadata.getMetadata("ml_attr");
    return attributes.contains("num_attrs") ? attributes.getLong("num_attrs") : -1;
  }
}
