import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.ObjectName;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.HashingTF;
import org.apache.spark.ml.feature.Tokenizer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * All that could go wrong with somebody watching, in one driver: what each step gave is printed as
 * a JSON line, the same on every run but for `heap`, and for the time that `stop` took.
 *
 * <p>With a number as the argument so many tiny fits are made. What is watching is looked for only
 * to make it fail.
 */
public final class Harm {
  private static SparkSession spark;
  private static int jobs;

  private Harm() {}

  public static void main(String[] args) throws Exception {
    spark = SparkSession.builder().appName("e2e harm").getOrCreate();
    spark.sparkContext().setLogLevel("OFF");
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onJobStart(SparkListenerJobStart event) {
                jobs++;
              }
            });
    Dataset<Row> data = lines(spark, 1);
    errors(data);
    hostile(data);
    sessions();
    largePlan();
    wideVector();
    tinyFits(Integer.parseInt(args[0]), data);
    heap();
    failingHooks(data);
    spark.sparkContext().listenerBus().waitUntilEmpty();
    say("jobs", "\"count\":" + jobs);
    long before = System.nanoTime();
    spark.stop();
    say("stopped", "\"seconds\":" + (System.nanoTime() - before) / 1e9);
  }

  private static void say(String did, String facts) {
    System.out.println("{\"did\":\"" + did + "\"," + facts + "}");
  }

  private static String quoted(String text) {
    return text == null
        ? "null"
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ") + '"';
  }

  private static Dataset<Row> lines(SparkSession session, int slope) {
    Dataset<Row> rows =
        session
            .range(0, 60, 1, 1)
            .selectExpr(
                "cast(id % 17 as double) as x",
                slope + ".5 * id as y",
                "cast(id % 3 > 1 as double) as label");
    return new VectorAssembler()
        .setInputCols(new String[] {"x"})
        .setOutputCol("features")
        .transform(rows);
  }

  /** What is thrown arrives as it was thrown: class, message, and the program's own frames. */
  private static void errors(Dataset<Row> data) {
    spark
        .udf()
        .register(
            "fail_on_5",
            (UDF1<Double, Double>)
                x -> {
                  if (x == 5) {
                    throw new IllegalStateException("five");
                  }
                  return x;
                },
            DataTypes.DoubleType);
    Dataset<Row> failing = data.selectExpr("features", "fail_on_5(x) as label");
    thrown("no label", () -> new LogisticRegression().setLabelCol("nope").fit(data));
    thrown("bad parameter", () -> new LogisticRegression().setMaxIter(-1).fit(data));
    thrown("task", () -> new LinearRegression().fit(failing));
    thrown("no column", () -> new Tokenizer().setInputCol("nope").transform(data));
    thrown("no prediction", () -> new RegressionEvaluator().evaluate(data));
    for (Throwable error :
        new Throwable[] {
          new Exception("checked"),
          new AssertionError("an error"),
          new NoSuchMethodError("linkage"),
          new OutOfMemoryError("not really"),
          new Strange(),
          new ThreadDeath()
        }) {
      thrown(error.getClass().getSimpleName(), () -> HarmComponents.Tiny.failing(error).fit(data));
    }
    thrown(
        "deep",
        () -> {
          throw deep(0);
        });
    HarmComponents.Tiny interrupting = new HarmComponents.Tiny(1);
    interrupting.interrupts = true;
    interrupting.fit(data);
    say("interrupted", "\"kept\":" + Thread.interrupted());
  }

  /** A fit that recurses until the stack is full, hooks and all. */
  private static RuntimeException deep(int depth) {
    HarmComponents.Tiny tiny = new HarmComponents.Tiny(depth);
    tiny.recurses = true;
    try {
      tiny.fit(null);
      return new IllegalStateException("it came back");
    } catch (StackOverflowError e) {
      return new IllegalStateException("the stack was full");
    }
  }

  /** An exception that cannot even be read. */
  private static final class Strange extends RuntimeException {
    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  private static void thrown(String name, Callable<?> call) {
    try {
      call.call();
      say("returned", "\"name\":" + quoted(name));
    } catch (Throwable t) {
      String message = t instanceof Strange ? "strange" : t.getMessage();
      if (message != null) {
        message = message.replaceAll("_[0-9a-f]{12}", ""); // of a uid
      }
      String frames =
          Arrays.stream(t.getStackTrace())
              .filter(frame -> frame.getClassName().startsWith("Harm"))
              .map(frame -> quoted(frame.getMethodName() + ":" + frame.getLineNumber()))
              .collect(Collectors.joining(","));
      String start = message == null ? null : message.substring(0, Math.min(60, message.length()));
      say(
          "threw",
          "\"name\":%s,\"class\":%s,\"message\":%s,\"suppressed\":%d,\"frames\":[%s]"
              .formatted(
                  quoted(name),
                  quoted(t.getClass().getName()),
                  quoted(start),
                  t.getSuppressed().length,
                  frames));
    }
  }

  /** Components that throw whatever they are asked, but do their work. */
  private static void hostile(Dataset<Row> data) {
    for (String what : HarmComponents.Hostile.METHODS) {
      for (Throwable error :
          new Throwable[] {
            new IllegalStateException("hostile"), new LinkageError("hostile"), new StackOverflowError()
          }) {
        HarmComponents.Hostile estimator = new HarmComponents.Hostile(what, error);
        HarmComponents.HostileModel model = estimator.fit(data);
        long rows = model.transform(data).count();
        double value = new HarmComponents.HostileEvaluator(what, error).evaluate(data);
        say(
            "hostile",
            "\"what\":%s,\"rows\":%d,\"value\":%s"
                .formatted(quoted(what), rows, value));
      }
    }
  }

  /** Two sessions that fit at once. */
  private static void sessions() throws Exception {
    List<Thread> threads = new ArrayList<>();
    String[] results = new String[2];
    for (int i = 0; i < 2; i++) {
      int number = i;
      SparkSession session = spark.newSession();
      Thread thread =
          new Thread(
              () -> {
                Dataset<Row> data = lines(session, number + 1);
                StringBuilder out = new StringBuilder();
                for (int fit = 0; fit < 3; fit++) {
                  LinearRegressionModel model =
                      new LinearRegression()
                          .setLabelCol("y")
                          .setRegParam(fit)
                          .setSolver("normal")
                          .fit(data);
                  out.append(' ').append(model.coefficients());
                }
                results[number] = out.toString();
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    say("sessions", "\"coefficients\":" + quoted(results[0] + results[1]));
  }

  /** A dataset whose plan has 5,000 nodes. */
  private static void largePlan() {
    List<Dataset<Row>> parts =
        IntStream.range(0, 1000)
            .mapToObj(i -> spark.range(i, i + 1, 1, 1).selectExpr("id as a", i + " as b").filter("a >= 0"))
            .collect(Collectors.toList());
    while (parts.size() > 1) {
      List<Dataset<Row>> halves = new ArrayList<>();
      for (int i = 0; i + 1 < parts.size(); i += 2) {
        Dataset<Row> left = parts.get(i);
        halves.add(left.join(parts.get(i + 1), "a").select(left.col("a"), left.col("b")));
      }
      if (parts.size() % 2 == 1) {
        halves.add(parts.get(parts.size() - 1));
      }
      parts = halves;
    }
    Dataset<Row> large = parts.get(0);
    long nodes = large.queryExecution().analyzed().treeString().lines().count();
    HarmComponents.TinyModel model = new HarmComponents.Tiny(1).fit(large);
    int columns = model.transform(large).columns().length;
    say("plan", "\"nodes\":" + nodes + ",\"columns\":" + columns);
  }

  /** A vector, and a model, with a million slots. */
  private static void wideVector() {
    Dataset<Row> words =
        spark
            .range(0, 20, 1, 1)
            .selectExpr(
                "concat('w', id, ' v', id % 3) as text", "cast(id % 3 > 1 as double) as label");
    Dataset<Row> tokens = new Tokenizer().setInputCol("text").setOutputCol("words").transform(words);
    Dataset<Row> features =
        new HashingTF()
            .setInputCol("words")
            .setOutputCol("features")
            .setNumFeatures(1 << 20)
            .transform(tokens);
    LogisticRegressionModel model = new LogisticRegression().setMaxIter(1).setRegParam(0.1).fit(features);
    say(
        "wide",
        "\"slots\":%d,\"used\":%d,\"intercept\":%s"
            .formatted(model.numFeatures(), model.coefficients().numNonzeros(), model.intercept()));
  }

  private static void tinyFits(int count, Dataset<Row> data) throws Exception {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += new HarmComponents.Tiny(i).fit(data).number;
      if (i % 10 == 9) {
        Thread.sleep(1); // a fit that takes no time at all is none
      }
    }
    say("tiny", "\"fits\":" + count + ",\"sum\":" + sum);
  }

  /** What is used after a collection, in all and by the classes of whoever watches. */
  private static void heap() throws Exception {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(300);
    }
    long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    String histogram =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[] {}},
                    new String[] {String[].class.getName()});
    long watching = 0;
    for (String line : histogram.split("\n")) {
      String[] words = line.trim().split("\\s+");
      if (words.length > 3 && words[3].contains("io.modeldb")) {
        watching += Long.parseLong(words[2]);
      }
    }
    say("heap", "\"used\":" + used + ",\"watching\":" + watching);
  }

  /** Whoever watches by hooks fails at each of them. */
  private static void failingHooks(Dataset<Row> data) throws Exception {
    for (boolean atOnce : new boolean[] {true, false}) {
      breakHooks(atOnce);
      LinearRegressionModel model =
          new LinearRegression().setLabelCol("y").setSolver("normal").fit(data);
      double error = new RegressionEvaluator().setLabelCol("y").evaluate(model.transform(data));
      say("failing hooks", "\"coefficients\":%s,\"error\":%s".formatted(model.coefficients(), error));
      thrown("while hooks fail", () -> new LogisticRegression().setLabelCol("nope").fit(data));
    }
  }

  private static void breakHooks(boolean atOnce) throws Exception {
    Class<?> hook;
    Class<?> observer;
    try {
      hook = Class.forName("io.modeldb.spark.hook.Hook");
      observer = Class.forName("io.modeldb.spark.hook.Observer");
    } catch (ClassNotFoundException e) {
      return; // nobody watches
    }
    Object broken =
        Proxy.newProxyInstance(
            observer.getClassLoader(),
            new Class<?>[] {observer},
            (proxy, method, arguments) -> {
              if (!atOnce && method.getName().equals("enter")) {
                return "a token";
              }
              throw new NoClassDefFoundError("a hook that fails");
            });
    hook.getMethod("observe", observer).invoke(null, broken);
  }
}
