package io.modeldb.spark.hook;

import java.util.function.Supplier;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.LinearRegressionSummary;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Classes with the advised method shapes and as many kinds of bytecode as fit into them. */
final class Fakes {
  private Fakes() {}

  static class Plain implements Supplier<Object> {
    public String fit(Dataset<?> dataset) {
      return "model";
    }

    @Override
    public Object get() {
      return fit(null);
    }
  }

  /** Calls super: two methods, one object. */
  static class Nested extends Plain {
    @Override
    public String fit(Dataset<?> dataset) {
      return super.fit(dataset) + "+";
    }
  }

  static class Throwing implements Supplier<Object> {
    public Object fit(Dataset<?> dataset) {
      throw new IllegalStateException("no");
    }

    @Override
    public Object get() {
      return fit(null);
    }
  }

  /**
   * Wide locals, loops, handlers, several returns, a reassigned argument, uninitialised objects.
   */
  static class Branching implements Supplier<Object> {
    private final int n;

    Branching() {
      this(3);
    }

    Branching(int n) {
      this.n = n;
    }

    public Object fit(Dataset<?> dataset) {
      long sum = 0;
      double half = 0.5;
      Dataset<?> other = dataset;
      dataset = null;
      for (int i = 0; i < n; i++) {
        try {
          sum += Integer.parseInt(i == 1 ? "x" : "" + i);
        } catch (NumberFormatException e) {
          half += 1;
        } finally {
          sum += 10;
        }
      }
      synchronized (this) {
        if (sum > 1000) {
          return other;
        }
      }
      return new StringBuilder(sum > 30 ? "more " : "less ").append(half).toString();
    }

    @Override
    public Object get() {
      return fit(null);
    }
  }

  static class Scoring implements Supplier<Object> {
    public double evaluate(Dataset<?> dataset) {
      double value = 0.25;
      return dataset == null ? value : -value;
    }

    @Override
    public Object get() {
      return evaluate(null);
    }
  }

  static class Copying implements Supplier<Object> {
    public Object copy(ParamMap extra) {
      return "copy";
    }

    @Override
    public Object get() {
      return copy(null);
    }
  }

  /** A generic parent makes the compiler add a bridge method, which must stay as it is. */
  abstract static class Generic<M> implements Supplier<Object> {
    public abstract M fit(Dataset<?> dataset);

    @Override
    public Object get() {
      return fit(null);
    }
  }

  static class Bridged extends Generic<String> {
    @Override
    public String fit(Dataset<?> dataset) {
      return "bridged";
    }
  }

  /** Returns nothing, from two places. */
  static class SavingWriter implements Supplier<Object> {
    public void save(String path) {
      if (path == null) {
        return;
      }
      double wide = path.length();
      if (wide > 100) {
        throw new IllegalStateException("long");
      }
    }

    @Override
    public Object get() {
      save("somewhere");
      save(null);
      return "saved";
    }
  }

  /** Of a parent that is a reader by name, as a user's own may be. */
  static class Restores extends GenericReader<String> {
    @Override
    public String load(String path) {
      return "loaded from " + path;
    }
  }

  abstract static class GenericReader<T> implements Supplier<Object> {
    public abstract T load(String path);

    @Override
    public Object get() {
      return load("somewhere");
    }
  }

  static class OwnWriter extends MLWriter {
    @Override
    public void saveImpl(String path) {}
  }

  /** A covariant result makes the shape of write a bridge. */
  static class Writable implements MLWritable, Supplier<Object> {
    @Override
    public OwnWriter write() {
      return new OwnWriter();
    }

    @Override
    public void save(String path) {}

    @Override
    public Object get() {
      ((MLWritable) this).write();
      return "written";
    }
  }

  static class Summarising implements Supplier<Object> {
    public LinearRegressionSummary evaluate(Dataset<?> dataset) {
      return null;
    }

    @Override
    public Object get() {
      return evaluate(null);
    }
  }

  /** None of these is advised. */
  static class Others implements Supplier<Object> {
    public static Object fit(Dataset<?> dataset) {
      return "static";
    }

    public Object fit(Dataset<?> dataset, Object more) {
      return "two arguments";
    }

    public Object transform(Dataset<?> dataset) {
      return "not a dataset";
    }

    public Dataset<Row> transform(Object dataset) {
      return null;
    }

    public void save(String path) {}

    public Object load(String path) {
      return path;
    }

    public Object write() {
      return null;
    }

    public double r2() {
      return 1;
    }

    public float evaluate(Dataset<?> dataset) {
      return 1;
    }

    @Override
    public Object get() {
      transform((Object) null);
      return "" + fit(null) + fit(null, null) + transform((Dataset<?>) null) + evaluate(null);
    }
  }
}
