import java.util.concurrent.atomic.AtomicInteger

import scala.concurrent.{Await, ExecutionContext, Future}
import scala.concurrent.duration.Duration

import org.apache.spark.ml.{Estimator, Model, Pipeline, PipelineModel, UnaryTransformer}
import org.apache.spark.ml.classification.{LogisticRegression, LogisticRegressionModel}
import org.apache.spark.ml.clustering.KMeans
import org.apache.spark.ml.evaluation.{ClusteringEvaluator, RegressionEvaluator}
import org.apache.spark.ml.feature.{RFormula, SQLTransformer, VectorAssembler}
import org.apache.spark.ml.param.{ParamMap, Params}
import org.apache.spark.ml.param.shared.HasInputCol
import org.apache.spark.ml.recommendation.ALS
import org.apache.spark.ml.regression.{GBTRegressor, LinearRegression}
import org.apache.spark.ml.util.{DefaultParamsReadable, DefaultParamsWritable, Identifiable}
import org.apache.spark.sql.{DataFrame, Dataset, SparkSession}
import org.apache.spark.sql.functions.{avg, col, lit}
import org.apache.spark.sql.types.{DataType, DoubleType, StringType, StructType}

/** Scala's ways of using spark.ml: case classes, transformers with type tags, futures, formulas.
  *
  * A plain Spark program; its argument is a directory to save to. For each case it prints what
  * it made Spark do.
  */
object Recipe {
  final case class Meal(id: Long, name: String, salt: Double, hours: Double, good: Double)

  val lowered = new AtomicInteger
  val centred = new AtomicInteger

  def main(args: Array[String]): Unit = {
    val spark = SparkSession.builder().appName("recipes in Scala").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    import spark.implicits._
    val meals: Dataset[Meal] = spark
      .createDataset((0L until 120L).map { id =>
        Meal(id, Seq("Soup", "Stew", "Cake")((id % 3).toInt), id % 7, 1 + id % 5, (id * 31 % 7) / 4)
      })
      .filter(_.hours > 0)
    formula(meals)
    ownStages(meals.toDF(), args(0))
    manyParamMaps(meals.toDF())
    futures(meals.toDF())
    clusters(meals.toDF())
    factors(spark)
    spark.stop()
  }

  /** An estimator that is a pipeline inside: one fit at the top. */
  def formula(meals: Dataset[Meal]): Unit = {
    val formula = new RFormula().setFormula("good ~ name + salt:hours")
    val model = formula.fit(meals)
    model.transform(meals)
    say("formula", formula.uid, Map("RFormula" -> 1))
  }

  def ownStages(meals: DataFrame, directory: String): Unit = {
    val pipeline = new Pipeline().setStages(Array(
      new Lower().setInputCol("name").setOutputCol("lower"),
      new SQLTransformer().setStatement("select *, salt * hours as much from __THIS__"),
      new Centre().set("much"),
      new VectorAssembler().setInputCols(Array("muchCentred", "hours")).setOutputCol("features"),
      new LinearRegression().setLabelCol("salt").setMaxIter(2)
    ))
    val model = pipeline.fit(meals)
    val rmse = new RegressionEvaluator().setLabelCol("salt")
    val value = rmse.evaluate(model.transform(meals.where("hours > 1")))
    val fits = Map("Pipeline" -> 1, "Centre" -> 1, "LinearRegression" -> 1)
    say("own stages", pipeline.uid, fits, value)
    count("Lower", lowered.get)
    count("CentreModel", centred.get)
    val saved = new LogisticRegression().setLabelCol("label").setMaxIter(2)
    val last = saved.fit(labelled(meals))
    last.write.overwrite().save(directory + "/last")
    val loaded = LogisticRegressionModel.load(directory + "/last")
    loaded.transform(labelled(meals))
    say("saved", saved.uid, Map("LogisticRegression" -> 1))
    println(s"""{"did":"saved","uid":"${saved.uid}","uri":"$directory/last"}""")
    val summary = last.evaluate(labelled(meals))
    println(s"""{"did":"summary","uid":"${saved.uid}","accuracy":${summary.accuracy}}""")
  }

  private def labelled(meals: DataFrame): DataFrame =
    new VectorAssembler().setInputCols(Array("salt", "hours")).setOutputCol("features")
      .transform(meals.withColumn("label", (col("good") > 0.5).cast("double")))

  /** `fit` with a map of parameters, with pairs, and with many maps. */
  def manyParamMaps(meals: DataFrame): Unit = {
    val trees = new GBTRegressor().setLabelCol("salt").setMaxIter(2).setMaxDepth(2).setSeed(1)
    val data = new VectorAssembler().setInputCols(Array("hours", "good")).setOutputCol("features")
      .transform(meals)
    trees.fit(data, ParamMap(trees.maxDepth -> 1))
    trees.fit(data, trees.maxDepth -> 3, trees.maxIter -> 1)
    trees.fit(data, Seq(ParamMap(trees.maxDepth -> 1), ParamMap(trees.maxBins -> 8)))
    say("many maps", trees.uid, Map("GBTRegressor" -> 4))
  }

  def futures(meals: DataFrame): Unit = {
    implicit val global: ExecutionContext = ExecutionContext.global
    val data = labelled(meals).persist()
    val each = (1 to 4).map { number =>
      Future {
        val fit = new LogisticRegression().setMaxIter(number)
        fit.fit(data)
        fit.uid
      }
    }
    each.foreach { done =>
      say("future", Await.result(done, Duration.Inf), Map("LogisticRegression" -> 1))
    }
  }

  def clusters(meals: DataFrame): Unit = {
    val means = new KMeans().setK(3).setSeed(5).setMaxIter(3)
    val data = labelled(meals)
    val scored = means.fit(data).transform(data)
    say("clusters", means.uid, Map("KMeans" -> 1), new ClusteringEvaluator().evaluate(scored))
  }

  def factors(spark: SparkSession): Unit = {
    import spark.implicits._
    val ratings = (0 until 60).map(i => (i % 6, i % 7, (i % 5).toFloat)).toDF("cook", "dish", "rating")
    val als = new ALS().setUserCol("cook").setItemCol("dish").setRank(2).setMaxIter(2).setSeed(3)
    val model = als.fit(ratings)
    val rmse = new RegressionEvaluator().setLabelCol("rating")
    say("factors", als.uid, Map("ALS" -> 1), rmse.evaluate(model.transform(ratings)))
  }

  private def say(name: String, uid: String, fits: Map[String, Int], values: Double*): Unit = {
    val counts = fits.map { case (of, times) => s""""$of":$times""" }.mkString(",")
    println(
      s"""{"did":"case","name":"$name","uid":"$uid","fits":{$counts},""" +
        s""""values":${values.mkString("[", ",", "]")}}"""
    )
  }

  private def count(name: String, calls: Int): Unit =
    println(s"""{"did":"count","class":"$name","calls":$calls}""")
}

/** In small letters. */
class Lower(override val uid: String)
    extends UnaryTransformer[String, String, Lower] with DefaultParamsWritable {
  def this() = this(Identifiable.randomUID("lower"))

  override def transform(dataset: Dataset[_]): DataFrame = {
    Recipe.lowered.incrementAndGet()
    super.transform(dataset)
  }

  override protected def createTransformFunc: String => String =
    text => Option(text).map(_.toLowerCase).orNull

  override protected def outputDataType: DataType = StringType
}

object Lower extends DefaultParamsReadable[Lower]

/** An estimator of the program's own, which learns a column's mean. */
class Centre(override val uid: String) extends Estimator[CentreModel] with HasInputCol {
  def this() = this(Identifiable.randomUID("centre"))

  def set(column: String): this.type = set(inputCol, column)

  override def fit(dataset: Dataset[_]): CentreModel = {
    val mean = dataset.select(avg($(inputCol))).head().getDouble(0)
    copyValues(new CentreModel(uid, mean).setParent(this))
  }

  override def copy(extra: ParamMap): Centre = defaultCopy(extra)

  override def transformSchema(schema: StructType): StructType =
    schema.add($(inputCol) + "Centred", DoubleType)
}

/** What [[Centre]] gives. */
class CentreModel(override val uid: String, mean: Double)
    extends Model[CentreModel] with HasInputCol {
  override def transform(dataset: Dataset[_]): DataFrame = {
    Recipe.centred.incrementAndGet()
    dataset.withColumn($(inputCol) + "Centred", col($(inputCol)) - lit(mean))
  }

  override def copy(extra: ParamMap): CentreModel =
    copyValues(new CentreModel(uid, mean).setParent(parent), extra)

  override def transformSchema(schema: StructType): StructType =
    schema.add($(inputCol) + "Centred", DoubleType)
}
