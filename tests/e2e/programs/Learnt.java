import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.BinaryLogisticRegressionSummary;
import org.apache.spark.ml.classification.DecisionTreeClassificationModel;
import org.apache.spark.ml.classification.DecisionTreeClassifier;
import org.apache.spark.ml.classification.FMClassifier;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LinearSVC;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.classification.NaiveBayes;
import org.apache.spark.ml.classification.NaiveBayesModel;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.clustering.BisectingKMeans;
import org.apache.spark.ml.clustering.GaussianMixture;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.clustering.KMeansModel;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.AFTSurvivalRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.ml.regression.LinearRegressionSummary;
import org.apache.spark.ml.tree.CategoricalSplit;
import org.apache.spark.ml.tree.ContinuousSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;
import org.apache.spark.ml.tree.Split;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What models of all kinds learnt, and what their summaries say, by spark.ml's own getters.
 *
 * <p>A plain Spark program. It prints what it did as JSON lines, in the end how many Spark jobs ran.
 */
public final class Learnt {
  private static final String[] SLOTS = {"age", "hours", "jobVector_clerk", "jobVector_farmer"};

  private Learnt() {}

  public static void main(String[] args) throws Exception {
    SparkSession spark = SparkSession.builder().appName("e2e learnt").getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    AtomicInteger jobs = new AtomicInteger();
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onJobStart(SparkListenerJobStart start) {
                jobs.incrementAndGet();
              }
            });
    Dataset<Row> data = features(spark).cache();
    linear(data);
    trees(data);
    clusters(data);
    summaries(data);
    // Whoever looks at the models behind the program's back has done it by then.
    TimeUnit.SECONDS.sleep(2);
    say("jobs", "\"count\": " + jobs.get());
    spark.stop();
  }

  private static Dataset<Row> features(SparkSession spark) {
    Dataset<Row> people =
        spark
            .range(0, 300, 1, 1)
            .selectExpr(
                "id",
                "cast(20 + (id * 7) % 45 as double) as age",
                "cast(20 + (id * 3) % 40 as double) as hours",
                "element_at(array('clerk', 'farmer', 'teacher'), cast(1 + id % 3 as int)) as job")
            .selectExpr(
                "*",
                "cast(age / 10 + hours / 12 + (id * 31) % 5 > 8 as double) as label",
                "cast(id % 3 as double) as kind",
                "100 * hours + 20 * age + (id * 17) % 500 as income",
                "cast(id % 2 as double) as censor");
    PipelineStage[] stages = {
      new StringIndexer()
          .setInputCol("job")
          .setOutputCol("jobIndex")
          .setStringOrderType("alphabetAsc"),
      new OneHotEncoder().setInputCol("jobIndex").setOutputCol("jobVector"),
      new VectorAssembler()
          .setInputCols(new String[] {"age", "hours", "jobVector"})
          .setOutputCol("features"),
      new VectorAssembler()
          .setInputCols(new String[] {"jobIndex", "age"})
          .setOutputCol("indexed")
    };
    return new Pipeline().setStages(stages).fit(people).transform(people);
  }

  private static void linear(Dataset<Row> data) {
    LogisticRegressionModel binary = new LogisticRegression().setMaxIter(5).fit(data);
    coefficients("binary", binary.uid(), null, binary.coefficients(), binary.intercept());
    history("binary", binary.summary().objectiveHistory());

    LogisticRegressionModel many =
        new LogisticRegression().setLabelCol("kind").setMaxIter(5).fit(data);
    for (int c = 0; c < many.numClasses(); c++) {
      coefficients("multinomial", many.uid(), c, row(many, c), many.interceptVector().apply(c));
    }

    LinearRegressionModel line =
        new LinearRegression().setLabelCol("income").setFitIntercept(false).fit(data);
    coefficients("linear", line.uid(), null, line.coefficients(), null);

    coefficientsOf("svc", new LinearSVC().setMaxIter(3).fit(data));
    coefficientsOf("aft", new AFTSurvivalRegression().setLabelCol("income").setMaxIter(3).fit(data));
    new FMClassifier().setMaxIter(2).fit(data);

    GeneralizedLinearRegressionModel poisson =
        new GeneralizedLinearRegression()
            .setFamily("poisson")
            .setLabelCol("income")
            .setMaxIter(5)
            .fit(data);
    coefficients("poisson", poisson.uid(), null, poisson.coefficients(), poisson.intercept());
    say(
        "errors",
        "\"uid\": \"" + poisson.uid() + "\", \"values\": "
            + list(poisson.summary().coefficientStandardErrors()));
    new GeneralizedLinearRegression().setLabelCol("income").setMaxIter(5).fit(data);

    NaiveBayesModel bayes = new NaiveBayes().fit(data);
    for (int c = 0; c < bayes.numClasses(); c++) {
      double[] theta = new double[SLOTS.length];
      for (int i = 0; i < theta.length; i++) {
        theta[i] = bayes.theta().apply(c, i);
      }
      coefficients(
          "bayes",
          bayes.uid(),
          c,
          org.apache.spark.ml.linalg.Vectors.dense(theta),
          bayes.pi().apply(c));
    }
  }

  private static void coefficientsOf(String name, Object model) {
    if (model instanceof org.apache.spark.ml.classification.LinearSVCModel) {
      org.apache.spark.ml.classification.LinearSVCModel svc =
          (org.apache.spark.ml.classification.LinearSVCModel) model;
      coefficients(name, svc.uid(), null, svc.coefficients(), svc.intercept());
    } else {
      org.apache.spark.ml.regression.AFTSurvivalRegressionModel aft =
          (org.apache.spark.ml.regression.AFTSurvivalRegressionModel) model;
      coefficients(name, aft.uid(), null, aft.coefficients(), aft.intercept());
    }
  }

  private static Vector row(LogisticRegressionModel model, int index) {
    double[] values = new double[model.numFeatures()];
    for (int i = 0; i < values.length; i++) {
      values[i] = model.coefficientMatrix().apply(index, i);
    }
    return org.apache.spark.ml.linalg.Vectors.dense(values);
  }

  private static void trees(Dataset<Row> data) {
    DecisionTreeClassificationModel tree =
        new DecisionTreeClassifier()
            .setFeaturesCol("indexed")
            .setLabelCol("kind")
            .setMaxDepth(3)
            .fit(data);
    say(
        "tree",
        "\"uid\": \"" + tree.uid() + "\", \"importances\": "
            + list(tree.featureImportances().toArray()) + ", \"nodes\": ["
            + nodes(tree.rootNode()) + "]");
    RandomForestClassificationModel forest =
        new RandomForestClassifier().setNumTrees(4).setMaxDepth(3).setSeed(3).fit(data);
    say(
        "forest",
        "\"uid\": \"" + forest.uid() + "\", \"importances\": "
            + list(forest.featureImportances().toArray()) + ", \"count\": "
            + forest.totalNumNodes());
    org.apache.spark.ml.classification.GBTClassificationModel boosted =
        new GBTClassifier().setMaxIter(3).setMaxDepth(2).setSeed(5).fit(data);
    say(
        "boosted",
        "\"uid\": \"" + boosted.uid() + "\", \"weights\": " + list(boosted.treeWeights())
            + ", \"count\": " + boosted.totalNumNodes());
  }

  /** In preorder: what is left of a node follows it. */
  private static String nodes(Node node) {
    if (!(node instanceof InternalNode)) {
      return "{\"prediction\": " + node.prediction() + ", \"leaf\": true}";
    }
    InternalNode inner = (InternalNode) node;
    Split split = inner.split();
    String where =
        split instanceof ContinuousSplit
            ? "\"threshold\": " + ((ContinuousSplit) split).threshold()
            : "\"categories\": " + list(((CategoricalSplit) split).leftCategories());
    return "{\"prediction\": " + node.prediction() + ", \"leaf\": false, \"feature\": "
        + split.featureIndex() + ", \"gain\": " + inner.gain() + ", " + where + "}, "
        + nodes(inner.leftChild()) + ", " + nodes(inner.rightChild());
  }

  private static void clusters(Dataset<Row> data) {
    KMeansModel model = new KMeans().setK(3).setSeed(1).setMaxIter(3).fit(data);
    for (int i = 0; i < 3; i++) {
      coefficients("kmeans", model.uid(), i, model.clusterCenters()[i], null);
    }
    new BisectingKMeans().setK(2).setMaxIter(2).setSeed(1).fit(data);
    new GaussianMixture().setK(2).setMaxIter(2).setSeed(1).fit(data);
  }

  private static void summaries(Dataset<Row> all) {
    Dataset<Row>[] parts = all.randomSplit(new double[] {0.6, 0.4}, 7L);
    Dataset<Row> data = parts[0];
    Dataset<Row> young = parts[1].filter("age < 40");
    LogisticRegressionModel model = new LogisticRegression().setMaxIter(4).fit(data);
    BinaryLogisticRegressionSummary summary =
        (BinaryLogisticRegressionSummary) model.evaluate(young);
    value(model.uid(), "summary", "areaUnderROC", summary.areaUnderROC());
    value(model.uid(), "summary", "accuracy", summary.accuracy());
    summary.accuracy();
    value(
        model.uid(), "training", "accuracy", model.binarySummary().accuracy());
    value(
        model.uid(),
        "training",
        "weightedFMeasure(2.0)",
        model.summary().weightedFMeasure(2));
    LinearRegressionModel line = new LinearRegression().setLabelCol("income").fit(data);
    LinearRegressionSummary errors = line.evaluate(young);
    value(line.uid(), "summary", "r2adj", errors.r2adj());
    value(
        line.uid(), "training", "rootMeanSquaredError", line.summary().rootMeanSquaredError());
  }

  private static void value(String uid, String source, String metric, double value) {
    say(
        "value",
        String.format(
            Locale.ROOT,
            "\"uid\": \"%s\", \"source\": \"%s\", \"metric\": \"%s\", \"value\": %s",
            uid,
            source,
            metric,
            value));
  }

  private static void coefficients(
      String name, String uid, Integer index, Vector values, Double intercept) {
    say(
        "coefficients",
        "\"name\": \"" + name + "\", \"uid\": \"" + uid + "\", \"class\": " + index
            + ", \"values\": " + list(values.toArray()) + ", \"intercept\": " + intercept);
  }

  private static void history(String name, double[] values) {
    say("history", "\"name\": \"" + name + "\", \"values\": " + list(values));
  }

  private static String list(double[] values) {
    List<String> texts = new ArrayList<>();
    for (double value : values) {
      texts.add(Double.toString(value));
    }
    return texts.stream().collect(Collectors.joining(", ", "[", "]"));
  }

  private static void say(String did, String facts) {
    System.out.println("{\"did\": \"" + did + "\", " + facts + "}");
    System.out.flush();
  }
}
