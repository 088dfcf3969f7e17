import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.plan.ColumnLineage;
import io.modeldb.spark.capture.plan.Slots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.feature.*;
import org.apache.spark.ml.linalg.VectorUDT;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Reads lineage of columns off real plans, and prints it as JSON lines: the name of the dataset,
 * the column, its sources, whether a model wrote it, and its slots.
 */
public final class ReadColumns {
  private ReadColumns() {}

  public static void main(String[] arguments) {
    SparkSession spark = SparkSession.builder().appName("columns").getOrCreate();
    Dataset<Row> people = people(spark);
    read("people", people, "age");
    relational(spark, people);
    Dataset<Row> encoded = encoders(people);
    vectors(encoded);
    texts(people);
    bare(spark);
    folds(spark, encoded);
    spark.stop();
  }

  private static Dataset<Row> people(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      rows.add(
          RowFactory.create(
              20.0 + i,
              (double) (i % 5),
              Arrays.asList("rome", "oslo", "bern").get(i % 3),
              i % 2 == 0 ? "east" : "west",
              (double) (i / 2 % 2)));
    }
    StructType schema =
        new StructType()
            .add("age", "double")
            .add("hours", "double")
            .add("city", "string")
            .add("side", "string")
            .add("label", "double");
    return spark.createDataFrame(rows, schema);
  }

  private static void relational(SparkSession spark, Dataset<Row> people) {
    people.createOrReplaceTempView("people");
    Dataset<Row> query =
        spark.sql(
            "with c as (select city as town, count(hours) as n from people where age > 1 group by city)"
                + " select p.age * 2 as twice, c.n, p.city,"
                + " row_number() over (partition by p.side order by p.hours) as place,"
                + " p.age - (select avg(hours) from people) as above"
                + " from people p join c on p.city = c.town");
    read("sql", query, "twice", "n", "city", "place", "above");
    Dataset<Row> united =
        people.selectExpr("age as a", "city as c").union(people.selectExpr("hours", "side"));
    read("union", united, "a", "c");
    read("generate", people.selectExpr("explode(array(age, hours)) as e", "city"), "e", "city");
    read("rollup", people.rollup("city", "side").avg("age"), "city", "avg(age)");
    read(
        "constant",
        people.selectExpr("1 as one", "rand(7) as r", "AGE as same"),
        "one",
        "r",
        "SAME");
    read(
        "typed",
        people.map(
            (org.apache.spark.api.java.function.MapFunction<Row, Row>) row -> row,
            people.encoder()),
        "age");
    Dataset<Row> again = people.selectExpr("city as key", "age as other");
    read("join", people.join(again, people.col("city").equalTo(again.col("key"))), "age", "other");
  }

  private static Dataset<Row> encoders(Dataset<Row> people) {
    String[] texts = {"city", "side"};
    String[] indexes = {"cityIndex", "sideIndex"};
    String[] encoded = {"cityCode", "sideCode"};
    Dataset<Row> indexed =
        new StringIndexer()
            .setInputCols(texts)
            .setOutputCols(indexes)
            .setStringOrderType("alphabetAsc")
            .fit(people)
            .transform(people);
    Dataset<Row> codes =
        new OneHotEncoder()
            .setInputCols(indexes)
            .setOutputCols(encoded)
            .setDropLast(false)
            .fit(indexed)
            .transform(indexed);
    read("encoded", codes, "cityIndex", "cityCode");
    Dataset<Row> wide = codes.withColumnRenamed("hours", "worked");
    Dataset<Row> out =
        new VectorAssembler()
            .setInputCols(new String[] {"worked", "cityCode", "age", "sideCode"})
            .setOutputCol("features")
            .transform(wide);
    // Names are not in the order of the alphabet, and none of the columns is where its name would
    // put it.
    read("assembled", out, "features");
    return out;
  }

  private static void vectors(Dataset<Row> data) {
    fitted("scaled", data, new StandardScaler().setInputCol("features").setOutputCol("out"));
    fitted("minmax", data, new MinMaxScaler().setInputCol("features").setOutputCol("out"));
    fitted("maxabs", data, new MaxAbsScaler().setInputCol("features").setOutputCol("out"));
    fitted("robust", data, new RobustScaler().setInputCol("features").setOutputCol("out"));
    fitted("indexed", data, new VectorIndexer().setInputCol("features").setOutputCol("out"));
    fitted("pca", data, new PCA().setK(2).setInputCol("features").setOutputCol("out"));
    fitted(
        "selected",
        data,
        new UnivariateFeatureSelector()
            .setFeatureType("continuous")
            .setLabelType("categorical")
            .setSelectionThreshold(2)
            .setFeaturesCol("features")
            .setOutputCol("out"));
    fitted(
        "imputed",
        data,
        new Imputer().setInputCols(new String[] {"age"}).setOutputCols(new String[] {"out"}));
    fitted(
        "formula",
        data,
        new RFormula()
            .setFormula("label ~ age + city + age:worked")
            .setFeaturesCol("out")
            .setLabelCol("y"));
    made("normalized", data, new Normalizer().setInputCol("features").setOutputCol("out"));
    made("dct", data, new DCT().setInputCol("features").setOutputCol("out"));
    made(
        "product",
        data,
        new ElementwiseProduct()
            .setScalingVec(Vectors.dense(1, 2, 3, 4, 5, 6, 7))
            .setInputCol("features")
            .setOutputCol("out"));
    made(
        "sliced",
        data,
        new VectorSlicer()
            .setIndices(new int[] {6, 0, 4})
            .setInputCol("features")
            .setOutputCol("out"));
    made("polynomial", data, new PolynomialExpansion().setInputCol("features").setOutputCol("out"));
    made(
        "interaction",
        data,
        new Interaction().setInputCols(new String[] {"age", "cityCode"}).setOutputCol("out"));
    made(
        "hashed",
        data,
        new FeatureHasher().setInputCols(new String[] {"age", "city"}).setOutputCol("out"));
    made(
        "bucketed",
        data,
        new Bucketizer()
            .setSplits(new double[] {0, 30, 90})
            .setInputCol("age")
            .setOutputCol("out"));
    Dataset<Row> scored = new LogisticRegression().setMaxIter(2).fit(data).transform(data);
    read("scored", scored, "prediction", "probability", "age", "features");
    // A vector of vectors: what a scaler has made, beside a column.
    Dataset<Row> scaled =
        new StandardScaler().setInputCol("features").setOutputCol("s").fit(data).transform(data);
    made(
        "nested",
        scaled,
        new VectorAssembler().setInputCols(new String[] {"label", "s"}).setOutputCol("out"));
  }

  private static void texts(Dataset<Row> people) {
    Dataset<Row> words =
        new Tokenizer().setInputCol("city").setOutputCol("words").transform(people);
    Dataset<Row> hashed =
        new HashingTF()
            .setNumFeatures(1_000_000)
            .setInputCol("words")
            .setOutputCol("tf")
            .transform(words);
    fitted("idf", hashed, new IDF().setInputCol("tf").setOutputCol("out"));
    fitted("counted", words, new CountVectorizer().setInputCol("words").setOutputCol("out"));
  }

  /** Vectors of which the metadata say nothing. */
  private static void bare(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rows.add(RowFactory.create(Vectors.dense(i, 1, 2), (double) i));
    }
    StructField[] fields = {
      new StructField("point", new VectorUDT(), false, Metadata.empty()),
      new StructField("weight", DataTypes.DoubleType, false, Metadata.empty())
    };
    Dataset<Row> points = spark.createDataFrame(rows, new StructType(fields));
    read("points", points, "point");
    made(
        "besidePoints",
        points,
        new VectorAssembler().setInputCols(new String[] {"weight", "point"}).setOutputCol("out"));
    fitted("scaledPoints", points, new StandardScaler().setInputCol("point").setOutputCol("out"));
  }

  /** What a CrossValidator gives to the fits inside it. */
  private static void folds(SparkSession spark, Dataset<Row> data) {
    Object behind = Plans.analyzed(data);
    Dataset<Row> fold = spark.createDataFrame(data.toJavaRDD(), data.schema());
    Dataset<Row> scaled =
        new StandardScaler().setInputCol("features").setOutputCol("out").fit(fold).transform(fold);
    Object leaf = Plans.analyzed(fold);
    ColumnLineage lineage =
        ColumnLineage.of(
            Plans.analyzed(scaled), node -> node == leaf ? behind : null, Long.MAX_VALUE);
    print("fold", lineage, "out");
    print("fold", lineage, "worked");
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StandardScaler().setInputCol("features").setOutputCol("out")
                });
    read("pipeline", pipeline.fit(data).transform(data), "out");
  }

  private static void fitted(
      String name, Dataset<Row> data, org.apache.spark.ml.Estimator<?> stage) {
    read(name, ((Transformer) stage.fit(data)).transform(data), "out");
  }

  private static void made(String name, Dataset<Row> data, Transformer stage) {
    read(name, stage.transform(data), "out");
  }

  private static void read(String name, Dataset<?> data, String... columns) {
    ColumnLineage lineage =
        ColumnLineage.of(Plans.analyzed(data), leaf -> null, System.nanoTime() + 5_000_000_000L);
    for (String column : columns) {
      print(name, lineage, column);
    }
  }

  private static void print(String name, ColumnLineage lineage, String column) {
    Slots slots = lineage.slotsOf(column, -1);
    StringBuilder names = new StringBuilder();
    StringBuilder sources = new StringBuilder();
    for (int i = 0; i < Math.min(slots.size(), 8); i++) {
      names.append(i == 0 ? "" : ",").append('"').append(slots.name(i)).append('"');
      sources.append(i == 0 ? "" : ",").append(list(slots.sources(i)));
    }
    System.out.printf(
        "{\"did\":\"column\",\"dataset\":\"%s\",\"column\":\"%s\",\"sources\":%s,\"model\":%s,"
            + "\"size\":%d,\"names\":[%s],\"slots\":[%s]}%n",
        name,
        column,
        list(lineage.sourcesOf(column)),
        lineage.writtenByModel(column),
        slots.size(),
        names,
        sources);
  }

  private static String list(SortedSet<String> names) {
    if (names == null) {
      return "null";
    }
    StringBuilder out = new StringBuilder("[");
    for (String name : names) {
      out.append(out.length() > 1 ? "," : "").append('"').append(name).append('"');
    }
    return out.append(']').toString();
  }
}
