package org.apache.spark.sql;

import io.modeldb.spark.sampling.FakeItems;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** Looks like one of Spark's own attributes, or like an alias of what it refers to. */
public class FakeColumn {
  private final String name;
  private final int id;
  private final DataType type;
  private final List<FakeColumn> references;

  public FakeColumn(String name, int id, DataType type, FakeColumn... references) {
    this.name = name;
    this.id = id;
    this.type = type;
    this.references =
        references.length == 0 ? Collections.singletonList(this) : Arrays.asList(references);
  }

  public String name() {
    return name;
  }

  public Integer exprId() {
    return id;
  }

  public DataType dataType() {
    return type;
  }

  public FakeItems references() {
    return new FakeItems(references);
  }

  public FakeItems children() {
    return new FakeItems(Collections.emptyList());
  }

  public boolean deterministic() {
    return true;
  }

  /** Gives something else each time. */
  public static final class Uuid extends FakeColumn {
    public Uuid(String name, int id) {
      super(name, id, DataTypes.StringType);
    }

    @Override
    public boolean deterministic() {
      return false;
    }
  }

  /** A function that says that it does. */
  public static final class ScalaUDF extends FakeColumn {
    public ScalaUDF(String name, int id) {
      super(name, id, DataTypes.StringType);
    }

    @Override
    public boolean deterministic() {
      return false;
    }
  }
}
