import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.classification.OneVsRest;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Searches in pipelines in searches, components of the program's own, threads, and data of many
 * kinds, from Java.
 *
 * <p>A plain Spark program; its argument is the census CSV file. For each case it prints what it
 * made Spark do: how often which estimator was fitted (which follows from the case's own text),
 * the values that evaluators gave, and how often its own components were called.
 */
public final class Odd {
  private static final AtomicInteger SHOUTS = new AtomicInteger();
  private static final AtomicInteger NOISES = new AtomicInteger();

  private Odd() {}

  public static void main(String[] args) throws Exception {
    // A pool whose threads are older than anything that Spark does.
    ExecutorService pool = Executors.newFixedThreadPool(3);
    for (int thread = 0; thread < 3; thread++) {
      pool.submit(Thread::yield).get();
    }
    SparkSession spark = SparkSession.builder().appName("odd programs in Java").getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    Dataset<Row> people =
        spark
            .read()
            .option("header", true)
            .option("inferSchema", true)
            .csv(args[0])
            .limit(600)
            .selectExpr(
                "age", "sex", "race", "income", "`hours-per-week` as hours",
                "cast(income = '>50K' as double) as label",
                "cast(age % 3 as double) as third");
    Dataset<Row> train = people.filter("age % 4 <> 0").cache();
    Dataset<Row> test = people.filter("age % 4 = 0");
    searchInPipeline(train, test);
    pipelineInSearchInPipeline(train, test);
    oneVsRestInSearch(train, test);
    ownComponents(train, test);
    superclass(train);
    threads(pool, train, test);
    manyKindsOfData(spark, train);
    failureInFold(train);
    failureInThread(pool, train);
    pool.shutdown();
    spark.stop();
  }

  private static StringIndexer indexer() {
    return new StringIndexer().setInputCol("sex").setOutputCol("sexIndex");
  }

  private static VectorAssembler assembler(String... columns) {
    return new VectorAssembler().setInputCols(columns).setOutputCol("features");
  }

  private static Pipeline pipeline(PipelineStage... stages) {
    return new Pipeline().setStages(stages);
  }

  private static void searchInPipeline(Dataset<Row> train, Dataset<Row> test) {
    LogisticRegression last = new LogisticRegression().setMaxIter(2);
    CrossValidator search =
        new CrossValidator()
            .setEstimator(last)
            .setEstimatorParamMaps(penalties(last, 0.01, 1.0))
            .setEvaluator(new BinaryClassificationEvaluator())
            .setNumFolds(2);
    Pipeline top = pipeline(indexer(), assembler("age", "hours", "sexIndex"), search);
    Dataset<Row> scored = top.fit(train).transform(test);
    say(
        "search in pipeline",
        top.uid(),
        Map.of("Pipeline", 1, "StringIndexer", 1, "CrossValidator", 1, "LogisticRegression", 5),
        4,
        area(scored),
        area(scored.filter("sex = 'Female'")));
  }

  private static void pipelineInSearchInPipeline(Dataset<Row> train, Dataset<Row> test) {
    LogisticRegression last = new LogisticRegression().setMaxIter(2).setFeaturesCol("scaled");
    Pipeline inner =
        pipeline(
            assembler("age", "hours", "sexIndex"),
            new StandardScaler().setInputCol("features").setOutputCol("scaled"),
            last);
    CrossValidator search =
        new CrossValidator()
            .setEstimator(inner)
            .setEstimatorParamMaps(penalties(last, 0.01, 1.0))
            .setEvaluator(new BinaryClassificationEvaluator())
            .setNumFolds(2)
            .setParallelism(2);
    Pipeline top = pipeline(indexer(), search);
    Dataset<Row> scored = top.fit(train).transform(test);
    Map<String, Integer> fits = new TreeMap<>();
    fits.put("Pipeline", 1 + 5);
    fits.put("StringIndexer", 1);
    fits.put("CrossValidator", 1);
    fits.put("StandardScaler", 5);
    fits.put("LogisticRegression", 5);
    say("pipeline in search in pipeline", top.uid(), fits, 4, area(scored));
  }

  private static void oneVsRestInSearch(Dataset<Row> train, Dataset<Row> test) {
    LogisticRegression each = new LogisticRegression().setMaxIter(2);
    OneVsRest all = new OneVsRest().setClassifier(each).setLabelCol("third");
    MulticlassClassificationEvaluator accuracy =
        new MulticlassClassificationEvaluator().setLabelCol("third").setMetricName("accuracy");
    TrainValidationSplit search =
        new TrainValidationSplit()
            .setEstimator(all)
            .setEstimatorParamMaps(penalties(each, 0.01, 1.0))
            .setEvaluator(accuracy)
            .setTrainRatio(0.7);
    VectorAssembler features = assembler("age", "hours");
    Dataset<Row> scored = search.fit(features.transform(train)).transform(features.transform(test));
    say(
        "OneVsRest in search",
        search.uid(),
        Map.of("TrainValidationSplit", 1, "OneVsRest", 3, "LogisticRegression", 9),
        2,
        accuracy.evaluate(scored));
  }

  private static void ownComponents(Dataset<Row> train, Dataset<Row> test) {
    StringIndexer loud =
        new StringIndexer()
            .setInputCol("loudRace")
            .setOutputCol("raceIndex")
            .setHandleInvalid("keep");
    Pipeline top =
        pipeline(
            new Shout(), loud, assembler("age", "raceIndex"),
            new LogisticRegression().setMaxIter(2));
    PipelineModel model = top.fit(train);
    double value = area(model.transform(test));
    say(
        "own components",
        top.uid(),
        Map.of("Pipeline", 1, "StringIndexer", 1, "LogisticRegression", 1),
        0,
        value);
    count("Odd$Shout", SHOUTS);
  }

  /** A subclass of Spark's estimator that calls `super.fit`: one fit. */
  private static void superclass(Dataset<Row> train) {
    Noisy estimator = new Noisy();
    estimator.setMaxIter(2);
    estimator.fit(assembler("age", "hours").transform(train));
    say("superclass", estimator.uid(), Map.of("Odd$Noisy", 1), 0);
    count("Odd$Noisy", NOISES);
  }

  private static void threads(ExecutorService pool, Dataset<Row> train, Dataset<Row> test)
      throws Exception {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int task = 0; task < 6; task++) {
      double penalty = task / 10.0;
      tasks.add(
          () -> {
            Pipeline top =
                pipeline(
                    assembler("age", "hours"),
                    new LogisticRegression().setMaxIter(2).setRegParam(penalty));
            double value = area(top.fit(train).transform(test));
            say(
                "thread",
                top.uid(),
                Map.of("Pipeline", 1, "LogisticRegression", 1),
                0,
                value);
            return null;
          });
    }
    for (Future<Void> done : pool.invokeAll(tasks)) {
      done.get();
    }
  }

  private static void manyKindsOfData(SparkSession spark, Dataset<Row> train) {
    train.createOrReplaceTempView("people");
    Dataset<Row> regions =
        spark.range(0, 3).selectExpr("cast(id as double) as third", "id * 10.0 as income_of_third");
    Map<String, Dataset<Row>> kinds = new TreeMap<>();
    kinds.put("cached", train.filter("hours > 20").cache());
    kinds.put("checkpointed", train.withColumn("older", functions.expr("age + 10")).localCheckpoint());
    kinds.put("joined", train.join(regions, "third"));
    kinds.put("sql", spark.sql("select age, max(hours) as hours from people group by age"));
    kinds.put("union", train.filter("sex = 'Male'").union(train.filter("sex = 'Female'")));
    kinds.forEach(
        (kind, data) -> {
          LinearRegression line = new LinearRegression().setMaxIter(2).setLabelCol("hours");
          line.fit(assembler("age").transform(data));
          say("data " + kind, line.uid(), Map.of("LinearRegression", 1), 0);
        });
  }

  private static void failureInFold(Dataset<Row> train) {
    LogisticRegression last = new LogisticRegression().setMaxIter(1);
    CrossValidator search =
        new CrossValidator()
            .setEstimator(last)
            .setEstimatorParamMaps(
                new ParamGridBuilder()
                    .addGrid(
                        last.thresholds(),
                        scala.jdk.javaapi.CollectionConverters.asScala(
                            List.of(new double[] {0.5, 0.5}, new double[] {0.2, 0.3, 0.5})))
                    .build())
            .setEvaluator(new BinaryClassificationEvaluator())
            .setNumFolds(2);
    Pipeline top = pipeline(assembler("age", "hours"), search);
    String error = "none";
    try {
      top.fit(train);
    } catch (Exception e) {
      error = e.getClass().getName();
    }
    System.out.println(
        "{\"did\":\"failure\",\"uid\":%s,\"search\":%s,\"error\":%s}"
            .formatted(quoted(top.uid()), quoted(search.uid()), quoted(error)));
  }

  private static void failureInThread(ExecutorService pool, Dataset<Row> train) throws Exception {
    LogisticRegression last = new LogisticRegression().setFeaturesCol("nowhere");
    String error =
        pool.submit(
                () -> {
                  try {
                    last.fit(train);
                    return "none";
                  } catch (Exception e) {
                    return e.getClass().getName();
                  }
                })
            .get();
    System.out.println(
        "{\"did\":\"failure\",\"uid\":%s,\"error\":%s}"
            .formatted(quoted(last.uid()), quoted(error)));
  }

  private static ParamMap[] penalties(LogisticRegression last, double... values) {
    return new ParamGridBuilder().addGrid(last.regParam(), values).build();
  }

  private static double area(Dataset<Row> scored) {
    Evaluator area = new BinaryClassificationEvaluator();
    return area.evaluate(scored);
  }

  /** What a case came to: fits by class, evaluations inside searches, values of its own. */
  private static synchronized void say(
      String name, String uid, Map<String, Integer> fits, int inside, double... values) {
    String counts =
        fits.entrySet().stream()
            .map(fit -> quoted(fit.getKey()) + ":" + fit.getValue())
            .collect(Collectors.joining(","));
    System.out.println(
        "{\"did\":\"case\",\"name\":%s,\"uid\":%s,\"fits\":{%s},\"inside\":%d,\"values\":%s}"
            .formatted(quoted(name), quoted(uid), counts, inside, java.util.Arrays.toString(values)));
  }

  private static void count(String name, AtomicInteger calls) {
    System.out.println(
        "{\"did\":\"count\",\"class\":%s,\"calls\":%d}".formatted(quoted(name), calls.get()));
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  /** In capitals. */
  public static final class Shout extends Transformer {
    private final String uid;

    public Shout() {
      this("Shout_" + UUID.randomUUID().toString().substring(24));
    }

    public Shout(String uid) {
      this.uid = uid;
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
      SHOUTS.incrementAndGet();
      return dataset.withColumn("loudRace", functions.upper(functions.col("race")));
    }

    @Override
    public StructType transformSchema(StructType schema) {
      return schema.add("loudRace", DataTypes.StringType);
    }

    @Override
    public Shout copy(ParamMap extra) {
      return new Shout(uid);
    }

    @Override
    public String uid() {
      return uid;
    }
  }

  /** Says that it is fitted, and is. */
  public static final class Noisy extends LogisticRegression {
    @Override
    public LogisticRegressionModel fit(Dataset<?> dataset) {
      NOISES.incrementAndGet();
      return super.fit(dataset);
    }
  }
}
