import java.util.Locale;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A plain spark.ml program that knows nothing of ModelDB. It prints its metrics as lines {@code
 * metric <name> <value>}; they are the same on every run.
 */
public final class JavaPipelines {
  private JavaPipelines() {}

  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().appName("java-pipelines").getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");

    Dataset<Row> people = people(spark);
    Dataset<Row>[] parts = people.randomSplit(new double[] {0.7, 0.3}, 11L);
    Dataset<Row> train = parts[0];
    Dataset<Row> test = parts[1];

    pipeline(train, test);
    crossValidation(train, test);
    trainValidationSplit(train, test);
    failure(train);

    spark.stop();
  }

  /** People made of a range and arithmetic: no randomness, no files. */
  private static Dataset<Row> people(SparkSession spark) {
    return spark
        .range(0, 600, 1, 2)
        .selectExpr(
            "id",
            "cast(20 + (id * 7) % 45 as double) as age",
            "cast(1 + (id * 13) % 16 as double) as education",
            "cast(20 + (id * 3) % 40 as double) as hours",
            "element_at(array('clerk', 'farmer', 'teacher', 'smith'), cast(1 + id % 4 as int)) as job")
        .selectExpr(
            "*",
            "case when age / 10 + education / 2 + hours / 12 + (id * 31) % 7 > 14 then 1.0 else 0.0"
                + " end as label",
            "1000 * education + 20 * age + (id * 17) % 500 as income");
  }

  private static PipelineStage[] features() {
    StringIndexer job = new StringIndexer().setInputCol("job").setOutputCol("jobIndex");
    VectorAssembler features =
        new VectorAssembler()
            .setInputCols(new String[] {"age", "education", "hours", "jobIndex"})
            .setOutputCol("features");
    return new PipelineStage[] {job, features};
  }

  private static Pipeline classification(LogisticRegression regression) {
    PipelineStage[] features = features();
    return new Pipeline().setStages(new PipelineStage[] {features[0], features[1], regression});
  }

  private static void pipeline(Dataset<Row> train, Dataset<Row> test) {
    LogisticRegression regression = new LogisticRegression().setMaxIter(10).setRegParam(0.01);
    PipelineModel model = classification(regression).fit(train);
    Dataset<Row> scored = model.transform(test);
    BinaryClassificationEvaluator area = new BinaryClassificationEvaluator();
    MulticlassClassificationEvaluator accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy");
    print("pipeline.areaUnderROC", area.evaluate(scored));
    print("pipeline.accuracy", accuracy.evaluate(scored));
    print("pipeline.accuracy.young", accuracy.evaluate(scored.filter("age < 35")));
    print(
        "pipeline.accuracy.teachers",
        accuracy.evaluate(scored.filter("job = 'teacher'").filter("hours >= 30")));
  }

  private static void crossValidation(Dataset<Row> train, Dataset<Row> test) {
    LogisticRegression regression = new LogisticRegression().setMaxIter(5);
    ParamMap[] grid =
        new ParamGridBuilder().addGrid(regression.regParam(), new double[] {0.01, 1.0}).build();
    BinaryClassificationEvaluator area = new BinaryClassificationEvaluator();
    CrossValidatorModel model =
        new CrossValidator()
            .setEstimator(classification(regression))
            .setEstimatorParamMaps(grid)
            .setEvaluator(area)
            .setNumFolds(2)
            .setParallelism(2)
            .setSeed(3)
            .fit(train);
    for (int i = 0; i < grid.length; i++) {
      print("crossValidation.avg." + i, model.avgMetrics()[i]);
    }
    print("crossValidation.areaUnderROC", area.evaluate(model.transform(test)));
  }

  private static void trainValidationSplit(Dataset<Row> train, Dataset<Row> test) {
    PipelineStage[] features = features();
    LinearRegression regression = new LinearRegression().setLabelCol("income").setMaxIter(5);
    Pipeline pipeline =
        new Pipeline().setStages(new PipelineStage[] {features[0], features[1], regression});
    RegressionEvaluator error = new RegressionEvaluator().setLabelCol("income");
    TrainValidationSplitModel model =
        new TrainValidationSplit()
            .setEstimator(pipeline)
            .setEstimatorParamMaps(
                new ParamGridBuilder()
                    .addGrid(regression.regParam(), new double[] {0.0, 10.0})
                    .build())
            .setEvaluator(error)
            .setTrainRatio(0.75)
            .setSeed(5)
            .fit(train);
    print("trainValidationSplit.rmse", error.evaluate(model.transform(test)));
  }

  private static void failure(Dataset<Row> train) {
    try {
      new LogisticRegression().setFeaturesCol("nowhere").fit(train);
    } catch (IllegalArgumentException e) {
      System.out.println("failed " + e.getClass().getSimpleName());
    }
  }

  private static void print(String name, double value) {
    // Partial sums are added in the order in which tasks end, so the last digits vary.
    System.out.printf(Locale.ROOT, "metric %s %.9f%n", name, value);
  }
}
