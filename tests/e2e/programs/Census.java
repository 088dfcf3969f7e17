import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.DecisionTreeClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamPair;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The census workflow of the original ModelDB: 18 stages of preparation, a random split, three
 * searches of three folds over 6, 12 and 6 configurations, and who does best on Americans.
 *
 * <p>A plain Spark program; its argument is the CSV file. It prints what it did as JSON lines.
 */
public final class Census {
  private static final String[] WORDS = {
    "workclass", "education", "marital-status", "occupation", "relationship", "race", "sex",
    "native-country"
  };
  private static final String[] NUMBERS = {
    "age", "education-num", "capital-gain", "capital-loss", "hours-per-week"
  };

  private Census() {}

  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().appName("census in Java").getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    Dataset<Row> raw =
        spark.read().option("header", true).option("inferSchema", true).csv(args[0]);
    Pipeline pipeline = new Pipeline().setStages(stages());
    PipelineModel prepare = pipeline.fit(raw);
    say("pipeline", "\"uid\":%s,\"stages\":%d", quoted(pipeline.uid()), prepare.stages().length);
    Dataset<Row> prepared = prepare.transform(raw);
    Dataset<Row>[] parts = prepared.randomSplit(new double[] {0.7, 0.3}, 1996L);
    Dataset<Row> train = parts[0].cache();
    Dataset<Row> test = parts[1].cache();

    LogisticRegression regression = new LogisticRegression().setMaxIter(4);
    ParamMap[] six =
        new ParamGridBuilder()
            .addGrid(regression.regParam(), new double[] {0.01, 0.1, 0.5})
            .addGrid(regression.elasticNetParam(), new double[] {0.0, 0.5})
            .build();
    search("regression", regression, six, 1, train, test, "after");

    DecisionTreeClassifier tree = new DecisionTreeClassifier().setSeed(1);
    ParamMap[] twelve =
        new ParamGridBuilder()
            .addGrid(tree.maxDepth(), new int[] {1, 2, 3})
            .addGrid(tree.minInstancesPerNode(), new int[] {1, 50})
            .addGrid(tree.maxBins(), new int[] {8, 32})
            .build();
    search("tree", tree, twelve, 2, train, test, "before");

    // The third search learns from numbers alone.
    VectorAssembler numbers =
        new VectorAssembler()
            .setInputCols(new String[] {"age", "education-num", "hours-per-week"})
            .setOutputCol("numbers");
    RandomForestClassifier forest =
        new RandomForestClassifier().setFeaturesCol("numbers").setNumTrees(3).setSeed(1);
    ParamMap[] sixMore =
        new ParamGridBuilder()
            .addGrid(forest.maxDepth(), new int[] {1, 2, 3})
            .addGrid(forest.subsamplingRate(), new double[] {0.5, 1.0})
            .build();
    search(
        "forest", forest, sixMore, 1, numbers.transform(train), numbers.transform(test), "after");
    spark.stop();
  }

  /** Eight indexers, eight encoders, the label and the assembler. */
  private static PipelineStage[] stages() {
    List<PipelineStage> stages = new ArrayList<>();
    List<String> features = new ArrayList<>(List.of(NUMBERS));
    for (String word : WORDS) {
      stages.add(
          new StringIndexer()
              .setInputCol(word)
              .setOutputCol(word + "-index")
              .setHandleInvalid("keep"));
    }
    for (String word : WORDS) {
      stages.add(new OneHotEncoder().setInputCol(word + "-index").setOutputCol(word + "-vector"));
      features.add(word + "-vector");
    }
    stages.add(
        new StringIndexer()
            .setInputCol("income")
            .setOutputCol("label")
            .setStringOrderType("alphabetAsc"));
    stages.add(
        new VectorAssembler()
            .setInputCols(features.toArray(new String[0]))
            .setOutputCol("features"));
    return stages.toArray(new PipelineStage[0]);
  }

  /** Searches, and evaluates the best on everyone and on Americans, chosen before or after. */
  private static <M extends Model<M>> void search(
      String name,
      Estimator<M> estimator,
      ParamMap[] candidates,
      int parallelism,
      Dataset<Row> train,
      Dataset<Row> test,
      String chosen) {
    MulticlassClassificationEvaluator accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy");
    CrossValidator search =
        new CrossValidator()
            .setEstimator(estimator)
            .setEstimatorParamMaps(candidates)
            .setEvaluator(accuracy)
            .setNumFolds(3)
            .setParallelism(parallelism)
            .setSeed(7);
    CrossValidatorModel model = search.fit(train);
    double[] averages = model.avgMetrics();
    int best = 0;
    for (int index = 1; index < averages.length; index++) {
      best = averages[index] > averages[best] ? index : best;
    }
    say(
        "search",
        "\"name\":%s,\"uid\":%s,\"estimator\":%s,\"candidates\":%s,\"averages\":%s,\"best\":%d",
        quoted(name),
        quoted(search.uid()),
        quoted(estimator.uid()),
        Arrays.stream(candidates).map(Census::json).collect(Collectors.joining(",", "[", "]")),
        Arrays.toString(averages),
        best);
    Dataset<Row> scored = model.transform(test);
    say("evaluate", "\"name\":%s,\"rows\":\"all\",\"value\":%s", quoted(name), accuracy.evaluate(scored));
    String american = "`native-country` = 'United-States'";
    Dataset<Row> some =
        chosen.equals("before") ? model.transform(test.filter(american)) : scored.filter(american);
    say(
        "evaluate",
        "\"name\":%s,\"rows\":\"american\",\"value\":%s",
        quoted(name),
        accuracy.evaluate(some));
  }

  private static String json(ParamMap candidate) {
    List<String> params = new ArrayList<>();
    for (ParamPair<?> pair : scala.jdk.javaapi.CollectionConverters.asJava(candidate.toSeq())) {
      params.add(quoted(pair.param().name()) + ":" + quoted(String.valueOf(pair.value())));
    }
    return "{" + String.join(",", params) + "}";
  }

  private static void say(String did, String facts, Object... values) {
    System.out.println("{\"did\":" + quoted(did) + "," + facts.formatted(values) + "}");
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }
}
