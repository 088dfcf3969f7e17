import java.util.UUID;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** The components of {@link Harm}: tiny ones, and ones that throw when they are looked at. */
final class HarmComponents {
  private HarmComponents() {}

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable error) throws E {
    throw (E) error;
  }

  /** Learns a number, in no time. */
  public static final class Tiny extends Estimator<TinyModel> {
    private final String uid = "Tiny_" + UUID.randomUUID();
    private final int number;
    private Throwable error;
    boolean interrupts;
    boolean recurses;

    Tiny(int number) {
      this.number = number;
    }

    static Tiny failing(Throwable error) {
      Tiny tiny = new Tiny(0);
      tiny.error = error;
      return tiny;
    }

    @Override
    public TinyModel fit(Dataset<?> dataset) {
      if (error != null) {
        HarmComponents.<RuntimeException>sneak(error);
      }
      if (interrupts) {
        Thread.currentThread().interrupt();
      }
      if (recurses) {
        Tiny next = new Tiny(number + 1);
        next.recurses = true;
        return next.fit(dataset);
      }
      return new TinyModel(uid, number);
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema;
    }

    @Override
    public Tiny copy(ParamMap extra) {
      return this;
    }

    @Override
    public String uid() {
      return uid;
    }
  }

  /** Adds the number. */
  public static final class TinyModel extends Model<TinyModel> {
    private final String uid;
    final int number;

    TinyModel(String uid, int number) {
      this.uid = uid;
      this.number = number;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
      return dataset.withColumn("number", functions.lit(number));
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema;
    }

    @Override
    public TinyModel copy(ParamMap extra) {
      return this;
    }

    @Override
    public String uid() {
      return uid;
    }
  }

  /** Throws one thing from one of its methods, once it has been made. */
  private static final class Trap {
    private final String what;
    private final Throwable error;

    Trap(String what, Throwable error) {
      this.what = what;
      this.error = error;
    }

    void step(String on) {
      if (what.equals(on)) {
        HarmComponents.<RuntimeException>sneak(error);
      }
    }
  }

  /** A value of a parameter that throws when it is looked at. */
  private static final class Value {
    private final Trap trap;

    Value(Trap trap) {
      this.trap = trap;
    }

    @Override
    public String toString() {
      trap.step("value");
      return "value";
    }

    @Override
    public int hashCode() {
      trap.step("value");
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      trap.step("value");
      return this == other;
    }
  }

  /** Does its work, and throws when it is asked who it is. */
  public static final class Hostile extends Estimator<HostileModel> {
    static final String[] METHODS = {"uid", "toString", "params", "value", "hashCode"};

    private final Trap trap;

    Hostile(String what, Throwable error) {
      Trap armed = new Trap(what, error);
      Param<Object> thing = new Param<>("hostile", "thing", "a thing");
      set(thing, new Value(armed));
      trap = armed;
    }

    @Override
    public HostileModel fit(Dataset<?> dataset) {
      return new HostileModel(trap);
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema;
    }

    @Override
    public Hostile copy(ParamMap extra) {
      return this;
    }

    @Override
    public String uid() {
      if (trap != null) {
        trap.step("uid");
      }
      return "hostile";
    }

    @Override
    public String toString() {
      if (trap != null) {
        trap.step("toString");
      }
      return "hostile";
    }

    @Override
    public int hashCode() {
      if (trap != null) {
        trap.step("hashCode");
      }
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      if (trap != null) {
        trap.step("hashCode");
      }
      return this == other;
    }

    @Override
    public Param<?>[] params() {
      if (trap != null) {
        trap.step("params");
      }
      return new Param<?>[] {new Param<>("hostile", "thing", "a thing")};
    }
  }

  /** The same as a model. */
  public static final class HostileModel extends Model<HostileModel> {
    private final Trap trap;

    HostileModel(Trap trap) {
      this.trap = trap;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
      return dataset.withColumn("hostile", functions.lit(1));
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema;
    }

    @Override
    public HostileModel copy(ParamMap extra) {
      return this;
    }

    @Override
    public String uid() {
      if (trap != null) {
        trap.step("uid");
      }
      return "hostile";
    }

    @Override
    public String toString() {
      trap.step("toString");
      return "hostile";
    }

    @Override
    public int hashCode() {
      trap.step("hashCode");
      return 1;
    }

    @Override
    public Param<?>[] params() {
      if (trap != null) {
        trap.step("params");
      }
      return new Param<?>[0];
    }
  }

  /** The same as an evaluator. */
  public static final class HostileEvaluator extends Evaluator {
    private final Trap trap;

    HostileEvaluator(String what, Throwable error) {
      trap = new Trap(what, error);
    }

    @Override
    public double evaluate(Dataset<?> dataset) {
      return 0.5;
    }

    @Override
    public boolean isLargerBetter() {
      trap.step("value");
      return true;
    }

    @Override
    public HostileEvaluator copy(ParamMap extra) {
      return this;
    }

    @Override
    public String uid() {
      if (trap != null) {
        trap.step("uid");
      }
      return "hostile";
    }

    @Override
    public String toString() {
      trap.step("toString");
      return "hostile";
    }

    @Override
    public Param<?>[] params() {
      if (trap != null) {
        trap.step("params");
      }
      return new Param<?>[0];
    }
  }
}
