import java.util.function.Supplier;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.recommendation.ALS;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * Operations one after the other, and what a listener of the program's own counted for each: as
 * JSON lines, for comparison.
 */
public final class Work {
  private static final Count COUNT = new Count();
  private static SparkSession spark;

  private Work() {}

  /** Counts everything that happens in the application. */
  private static final class Count extends SparkListener {
    long jobs;
    long stages;
    long tasks;
    long failedTasks;
    long executorMs;
    long bytesRead;
    long shuffleBytes;

    @Override
    public synchronized void onJobStart(SparkListenerJobStart event) {
      jobs++;
    }

    @Override
    public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
      stages++;
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
      tasks++;
      failedTasks += event.taskInfo().failed() ? 1 : 0;
      if (event.taskMetrics() != null) {
        executorMs += event.taskMetrics().executorRunTime();
        bytesRead += event.taskMetrics().inputMetrics().bytesRead();
        shuffleBytes += event.taskMetrics().shuffleWriteMetrics().bytesWritten();
      }
    }

    /** Prints what was counted since the last time. */
    synchronized void say(String name) {
      System.out.printf(
          "{\"did\":\"work\",\"name\":\"%s\",\"jobs\":%d,\"stages\":%d,\"tasks\":%d,"
              + "\"failed_tasks\":%d,\"executor_ms\":%d,\"bytes_read\":%d,\"shuffle_bytes\":%d}%n",
          name, jobs, stages, tasks, failedTasks, executorMs, bytesRead, shuffleBytes);
      jobs = stages = tasks = failedTasks = executorMs = bytesRead = shuffleBytes = 0;
    }
  }

  private static <T> T run(String name, Supplier<T> operation) throws Exception {
    T result = null;
    try {
      result = operation.get();
    } catch (Exception e) {
      System.out.println("{\"did\":\"throw\",\"name\":\"" + name + "\"}");
      // The other tasks of a failed job end a little later.
      Thread.sleep(300);
    }
    spark.sparkContext().listenerBus().waitUntilEmpty();
    COUNT.say(name);
    return result;
  }

  public static void main(String[] args) throws Exception {
    spark = SparkSession.builder().appName("e2e work").getOrCreate();
    spark.sparkContext().setLogLevel("OFF");
    spark.sparkContext().addSparkListener(COUNT);
    String file = args[0];
    run(
        "write",
        () -> {
          spark
              .range(0, 400, 1, 2)
              .selectExpr(
                  "cast(id % 17 as double) as x",
                  "cast(id % 5 as int) as user",
                  "cast(id % 7 as int) as item",
                  "concat('c', id % 3) as colour",
                  "cast(id % 5 > 2 or id % 17 > 12 as double) as label")
              .write()
              .mode("overwrite")
              .parquet(file);
          return 0;
        });
    Dataset<Row> rows = run("read", () -> spark.read().parquet(file));
    VectorAssembler numbers =
        new VectorAssembler().setInputCols(new String[] {"x"}).setOutputCol("features");
    Dataset<Row> data = numbers.transform(rows);
    run("count", data::count);

    var linear = run("LogisticRegression", () -> new LogisticRegression().setMaxIter(2).fit(data));
    run("KMeans", () -> new KMeans().setK(2).setMaxIter(2).setSeed(1).fit(data));
    run("StringIndexer", () -> indexer().fit(rows));
    run(
        "ALS",
        () -> new ALS().setRatingCol("x").setRank(2).setMaxIter(2).setSeed(1).fit(rows));
    Dataset<Row> scored = run("transform", () -> linear.transform(data));
    BinaryClassificationEvaluator area = new BinaryClassificationEvaluator();
    run("evaluate", () -> area.evaluate(scored));
    run("count again", data::count);

    spark
        .udf()
        .register(
            "explode_at",
            (UDF1<Double, Double>)
                x -> {
                  if (x > 15) {
                    throw new IllegalStateException("a row that cannot be read");
                  }
                  return x;
                },
            DataTypes.DoubleType);
    Dataset<Row> broken =
        numbers.transform(rows.withColumn("x", org.apache.spark.sql.functions.expr("explode_at(x)")));
    run("failing", () -> new LogisticRegression().setMaxIter(2).fit(broken));

    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {indexer(), numbers, logistic()});
    run("pipeline", () -> pipeline.fit(rows));

    LogisticRegression candidate = logistic();
    ParamMap[] grid =
        new ParamGridBuilder().addGrid(candidate.regParam(), new double[] {0.0, 0.5}).build();
    CrossValidator search =
        new CrossValidator()
            .setEstimator(candidate)
            .setEvaluator(area)
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setParallelism(2)
            .setSeed(7);
    run("search", () -> search.fit(data));
    spark.stop();
  }

  private static LogisticRegression logistic() {
    return new LogisticRegression().setMaxIter(1);
  }

  private static StringIndexer indexer() {
    return new StringIndexer().setInputCol("colour").setOutputCol("index");
  }
}
