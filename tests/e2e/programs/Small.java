import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** One pipeline of three stages. With the argument "throw" it ends with an exception. */
public final class Small {
  private Small() {}

  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().appName("e2e small Java").getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    Dataset<Row> data =
        spark
            .range(0, 200, 1, 1)
            .selectExpr(
                "cast(id % 17 as double) as x", "cast(id % 5 > 2 or id % 17 > 12 as double) as label");
    VectorAssembler numbers =
        new VectorAssembler().setInputCols(new String[] {"x"}).setOutputCol("numbers");
    StandardScaler scaler = new StandardScaler().setInputCol("numbers").setOutputCol("features");
    LogisticRegression last = new LogisticRegression().setMaxIter(3).setRegParam(0.25);
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {numbers, scaler, last});
    PipelineModel model = pipeline.fit(data);
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setMetricName("accuracy")
            .evaluate(model.transform(data));
    System.out.printf(
        "{\"did\":\"pipeline\",\"uid\":\"%s\",\"stages\":[\"%s\",\"%s\",\"%s\"],\"value\":%s}%n",
        pipeline.uid(), numbers.uid(), scaler.uid(), last.uid(), Double.toString(accuracy));
    if (args.length > 0 && args[0].equals("throw")) {
      throw new IllegalStateException("this program fails");
    }
    spark.stop();
  }
}
