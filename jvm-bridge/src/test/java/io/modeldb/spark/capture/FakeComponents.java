package io.modeldb.spark.capture;

import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/** A user's own estimator and model, in Java. */
public final class FakeComponents {
  private FakeComponents() {}

  public static final class FakeModel extends Model<FakeModel> {
    private static final long serialVersionUID = 1L;
    private final String id;

    FakeModel(String id) {
      this.id = id;
    }

    @Override
    public String uid() {
      return id;
    }

    @Override
    public FakeModel copy(ParamMap extra) {
      return new FakeModel(id);
    }

    @Override
    public Dataset<org.apache.spark.sql.Row> transform(Dataset<?> dataset) {
      return null;
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema;
    }
  }

  public static class FakeEstimator extends Estimator<FakeModel> {
    private static final long serialVersionUID = 1L;
    private final String id;

    FakeEstimator(String id) {
      this.id = id;
    }

    public Param<Double> strength() {
      return new Param<>(this, "strength", "");
    }

    public Param<String[]> columns() {
      return new Param<>(this, "columns", "");
    }

    @Override
    public String uid() {
      return id;
    }

    @Override
    public FakeModel fit(Dataset<?> dataset) {
      return new FakeModel(id);
    }

    @Override
    public FakeEstimator copy(ParamMap extra) {
      return new FakeEstimator(id);
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema;
    }
  }
}
