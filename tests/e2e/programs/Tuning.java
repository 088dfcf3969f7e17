import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.OneVsRest;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Pipelines in pipelines, searches, and components of the program's own, from Java.
 *
 * <p>A plain Spark program. It prints what it did as JSON lines.
 */
public final class Tuning {
  private Tuning() {}

  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().appName("e2e tuning in Java").getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    Dataset<Row>[] parts = people(spark).randomSplit(new double[] {0.7, 0.3}, 11L);
    Dataset<Row> train = parts[0];
    Dataset<Row> test = parts[1];
    nested(train, test);
    crossValidation(train, test);
    trainValidationSplit(train, test);
    oneVsRest(train, test);
    ownEstimator(train, test);
    failure(train);
    spark.stop();
  }

  private static Dataset<Row> people(SparkSession spark) {
    return spark
        .range(0, 400, 1, 2)
        .selectExpr(
            "id",
            "cast(20 + (id * 7) % 45 as double) as age",
            "cast(20 + (id * 3) % 40 as double) as hours",
            "element_at(array('clerk', 'farmer', 'teacher'), cast(1 + id % 3 as int)) as job")
        .selectExpr(
            "*",
            "cast(age / 10 + hours / 12 + (id * 31) % 5 > 8 as double) as label",
            "cast(id % 3 as double) as kind",
            "100 * hours + 20 * age + (id * 17) % 500 as income");
  }

  /** indexer, (assembler, scaler, own transformer), logistic regression. */
  private static Pipeline pipeline(LogisticRegression last) {
    StringIndexer job = new StringIndexer().setInputCol("job").setOutputCol("jobIndex");
    VectorAssembler numbers =
        new VectorAssembler()
            .setInputCols(new String[] {"age", "older", "hours", "jobIndex"})
            .setOutputCol("numbers");
    StandardScaler scaler = new StandardScaler().setInputCol("numbers").setOutputCol("features");
    Pipeline inner = new Pipeline().setStages(new PipelineStage[] {new Older(), numbers, scaler});
    return new Pipeline().setStages(new PipelineStage[] {job, inner, last});
  }

  private static void nested(Dataset<Row> train, Dataset<Row> test) {
    Pipeline pipeline = pipeline(new LogisticRegression().setMaxIter(5).setRegParam(0.02));
    PipelineModel model = pipeline.fit(train);
    say("pipeline", "\"pipeline\":" + tree(pipeline));
    Dataset<Row> scored = model.transform(test);
    say("scored", "\"uid\":" + quoted(pipeline.uid()));
    BinaryClassificationEvaluator area = new BinaryClassificationEvaluator();
    evaluate(area, "areaUnderROC", scored, pipeline, "");
    evaluate(area, "areaUnderROC", scored.filter("age < 40"), pipeline, "age");
    FilterFunction<Row> odd = row -> row.<Long>getAs("id") % 2 == 1;
    evaluate(area, "areaUnderROC", scored.filter(odd), pipeline, "opaque");
  }

  private static void crossValidation(Dataset<Row> train, Dataset<Row> test) {
    LogisticRegression last = new LogisticRegression().setMaxIter(3);
    Pipeline pipeline = pipeline(last);
    double[] penalties = {0.01, 0.3, 5.0};
    CrossValidator search =
        new CrossValidator()
            .setEstimator(pipeline)
            .setEstimatorParamMaps(
                new ParamGridBuilder().addGrid(last.regParam(), penalties).build())
            .setEvaluator(new BinaryClassificationEvaluator())
            .setNumFolds(2)
            .setParallelism(3)
            .setSeed(3);
    CrossValidatorModel model = search.fit(train);
    say(
        "search",
        "\"uid\":%s,\"folds\":2,\"penalties\":%s,\"values\":%s,\"last\":%s,\"pipeline\":%s"
            .formatted(
                quoted(search.uid()),
                Arrays.toString(penalties),
                Arrays.toString(model.avgMetrics()),
                quoted(last.uid()),
                tree(pipeline)));
    evaluate(
        new BinaryClassificationEvaluator(), "areaUnderROC", model.transform(test), search, "");
  }

  private static void trainValidationSplit(Dataset<Row> train, Dataset<Row> test) {
    VectorAssembler features =
        new VectorAssembler().setInputCols(new String[] {"age", "hours"}).setOutputCol("features");
    LinearRegression line = new LinearRegression().setLabelCol("income").setMaxIter(4);
    double[] penalties = {1000.0, 0.0};
    RegressionEvaluator error = new RegressionEvaluator().setLabelCol("income");
    TrainValidationSplit search =
        new TrainValidationSplit()
            .setEstimator(line)
            .setEstimatorParamMaps(
                new ParamGridBuilder().addGrid(line.regParam(), penalties).build())
            .setEvaluator(error)
            .setTrainRatio(0.75)
            .setSeed(5);
    TrainValidationSplitModel model = search.fit(features.transform(train));
    say(
        "search",
        "\"uid\":%s,\"folds\":0,\"penalties\":%s,\"values\":%s,\"last\":%s"
            .formatted(
                quoted(search.uid()),
                Arrays.toString(penalties),
                Arrays.toString(model.validationMetrics()),
                quoted(line.uid())));
    evaluate(error, "rmse", model.transform(features.transform(test)), search, "");
  }

  private static void oneVsRest(Dataset<Row> train, Dataset<Row> test) {
    VectorAssembler features =
        new VectorAssembler().setInputCols(new String[] {"age", "hours"}).setOutputCol("features");
    LogisticRegression each = new LogisticRegression().setMaxIter(3);
    OneVsRest all = new OneVsRest().setClassifier(each).setLabelCol("kind");
    Dataset<Row> scored =
        all.fit(features.transform(train)).transform(features.transform(test));
    say("oneVsRest", "\"uid\":%s,\"classes\":3".formatted(quoted(all.uid())));
    MulticlassClassificationEvaluator accuracy =
        new MulticlassClassificationEvaluator().setLabelCol("kind").setMetricName("accuracy");
    evaluate(accuracy, "accuracy", scored, all, "");
  }

  private static void ownEstimator(Dataset<Row> train, Dataset<Row> test) {
    Majority estimator = new Majority();
    Dataset<Row> scored = estimator.fit(train).transform(test);
    say("own", "\"uid\":" + quoted(estimator.uid()));
    MulticlassClassificationEvaluator accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy");
    evaluate(accuracy, "accuracy", scored, estimator, "");
  }

  private static void failure(Dataset<Row> train) {
    StringIndexer job = new StringIndexer().setInputCol("job").setOutputCol("jobIndex");
    Broken broken = new Broken();
    Pipeline pipeline =
        new Pipeline()
            .setStages(new PipelineStage[] {job, broken, new LogisticRegression()});
    try {
      pipeline.fit(train);
    } catch (IllegalStateException e) {
      say("failure", "\"message\":%s,\"pipeline\":%s".formatted(quoted(e.getMessage()), tree(pipeline)));
    }
  }

  private static void evaluate(
      Evaluator evaluator, String metric, Dataset<Row> scored, Params fitted, String slice) {
    double value = evaluator.evaluate(scored);
    say(
        "evaluate",
        "\"metric\":%s,\"value\":%s,\"uid\":%s,\"slice\":%s,\"larger\":%s"
            .formatted(
                quoted(metric),
                Double.toString(value),
                quoted(fitted.uid()),
                quoted(slice),
                evaluator.isLargerBetter()));
  }

  private static void say(String did, String facts) {
    System.out.println("{\"did\":" + quoted(did) + "," + facts + "}");
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  /** A component with its parameters, and with its stages if it is a pipeline. */
  private static String tree(PipelineStage stage) {
    List<String> params = new ArrayList<>();
    for (Param<?> param : stage.params()) {
      if (stage.isDefined(param) && !param.name().equals("stages")) {
        Object value = stage.getOrDefault(param);
        boolean plain = value instanceof Number || value instanceof Boolean;
        if (plain || value instanceof String) {
          params.add(
              "%s:{\"value\":%s,\"set\":%s}"
                  .formatted(
                      quoted(param.name()),
                      plain ? value : quoted((String) value),
                      stage.isSet(param)));
        }
      }
    }
    String stages = "null";
    if (stage instanceof Pipeline pipeline) {
      stages =
          Arrays.stream(pipeline.getStages())
              .map(Tuning::tree)
              .collect(Collectors.joining(",", "[", "]"));
    }
    return "{\"class\":%s,\"uid\":%s,\"estimator\":%s,\"params\":{%s},\"stages\":%s}"
        .formatted(
            quoted(stage.getClass().getName()),
            quoted(stage.uid()),
            stage instanceof Estimator,
            String.join(",", params),
            stages);
  }

  private static String uid(String name) {
    return name + "_" + UUID.randomUUID().toString().substring(24);
  }

  /** Adds the age in ten years. */
  public static final class Older extends Transformer {
    private final String uid;

    public Older() {
      this(Tuning.uid("Older"));
    }

    private Older(String uid) {
      this.uid = uid;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
      return dataset.withColumn("older", functions.col("age").plus(10));
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema.add("older", DataTypes.DoubleType);
    }

    @Override
    public Older copy(ParamMap extra) {
      return new Older(uid);
    }

    @Override
    public String uid() {
      return uid;
    }
  }

  /** A transformer that cannot. */
  public static final class Broken extends Transformer {
    private final String uid = Tuning.uid("Broken");

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
      throw new IllegalStateException("out of order");
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema.add("features", new org.apache.spark.ml.linalg.VectorUDT());
    }

    @Override
    public Broken copy(ParamMap extra) {
      return this;
    }

    @Override
    public String uid() {
      return uid;
    }
  }

  /** Predicts the more frequent label for everyone. */
  public static final class Majority extends Estimator<MajorityModel> {
    private final String uid = Tuning.uid("Majority");

    @Override
    public MajorityModel fit(Dataset<?> dataset) {
      Row mean = dataset.agg(functions.avg("label")).first();
      return new MajorityModel(uid, mean.getDouble(0) > 0.5 ? 1.0 : 0.0);
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema.add("prediction", DataTypes.DoubleType);
    }

    @Override
    public Majority copy(ParamMap extra) {
      return this;
    }

    @Override
    public String uid() {
      return uid;
    }
  }

  /** What {@link Majority} gives. */
  public static final class MajorityModel extends Model<MajorityModel> {
    private final String uid;
    private final double label;

    MajorityModel(String uid, double label) {
      this.uid = uid;
      this.label = label;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
      return dataset.withColumn("prediction", functions.lit(label));
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema.add("prediction", DataTypes.DoubleType);
    }

    @Override
    public MajorityModel copy(ParamMap extra) {
      return this;
    }

    @Override
    public String uid() {
      return uid;
    }
  }
}
