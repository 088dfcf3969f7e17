package io.modeldb.spark.sampling;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.FakeColumn;
import scala.Function1;

/** Looks like a logical plan of a kind that nobody knows. */
public class FakePlan {
  private final List<FakeColumn> expressions;
  private final List<Object> children;

  FakePlan(List<FakeColumn> expressions, Object... children) {
    this.expressions = expressions;
    this.children = Arrays.asList(children);
  }

  public FakeItems expressions() {
    return new FakeItems(expressions);
  }

  public FakeItems children() {
    return new FakeItems(children);
  }

  public FakePlan mapChildren(Function1<Object, Object> exchange) {
    return new FakePlan(expressions, children.stream().map(exchange::apply).toArray());
  }

  public FakeItems output() {
    return new FakeItems(expressions);
  }

  /** Row by row. */
  public static final class Project extends FakePlan {
    Project(Object child, FakeColumn... columns) {
      super(Arrays.asList(columns), child);
    }
  }

  /** Row by row. */
  public static final class Filter extends FakePlan {
    Filter(Object child, FakeColumn condition) {
      super(Arrays.asList(condition), child);
    }
  }

  /** Draws. */
  public static final class Sample extends FakePlan {
    Sample(Object child) {
      super(Collections.emptyList(), child);
    }
  }

  /** Numbers. */
  public static final class Range extends FakePlan {
    private final long rows;

    Range(long rows) {
      super(Collections.emptyList());
      this.rows = rows;
    }

    public Number numElements() {
      return rows;
    }
  }

  /** A scan of files. */
  public static final class LogicalRelation extends FakePlan {
    private final HadoopFsRelation files;

    LogicalRelation(long bytes, Object format, FakeColumn... columns) {
      super(Arrays.asList(columns));
      this.files = new HadoopFsRelation(bytes, format);
    }

    public HadoopFsRelation relation() {
      return files;
    }
  }

  /** Files, and their index. */
  public static final class HadoopFsRelation {
    private final long bytes;
    private final Object format;

    HadoopFsRelation(long bytes, Object format) {
      this.bytes = bytes;
      this.format = format;
    }

    public Object location() {
      return this;
    }

    public Object fileFormat() {
      return format;
    }

    public long sizeInBytes() {
      return bytes;
    }
  }
}
