package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.FitEnd;
import org.apache.spark.ml.FitStart;
import org.junit.jupiter.api.Test;

class UnseenCallsTest {
  private static final String PROGRAM = "Main.main(Main.java:10)\nother.Thing.run(Thing.java:1)";
  private static final String FIT =
      "org.apache.spark.ml.classification.LogisticRegression.$anonfun$train$1(L.scala:500)\n"
          + "org.apache.spark.ml.classification.LogisticRegression.train(L.scala:499)\n"
          + "org.apache.spark.ml.Predictor.fit(Predictor.scala:115)\n"
          + "org.apache.spark.ml.Predictor.fit(Predictor.scala:78)\n"
          + PROGRAM;
  private static final String FIRST = "org.apache.spark.rdd.RDD.count(RDD.scala:1)\n" + FIT;
  private static final String LOSS = "org.apache.spark.rdd.RDD.treeAggregate(RDD.scala:2)\n" + FIT;

  private final Run run = new Run("run-1", pending -> true);
  private final UnseenCalls unseen = new UnseenCalls(run);

  @Test
  void countsAFitOnceHoweverManyJobsItHas() {
    jobs(FIRST, LOSS, LOSS, LOSS);
    check("unseen:LogisticRegression.fit", 1);
  }

  @Test
  void countsFitsOfALoop() {
    jobs(FIRST, LOSS, LOSS, FIRST, LOSS, FIRST, LOSS, LOSS);
    check("unseen:LogisticRegression.fit", 3);
  }

  @Test
  void countsOnceAFitThatBeginsWithTheSameJobTwice() {
    jobs(FIRST, FIRST, LOSS, FIRST, FIRST, LOSS);
    unseen.settle();
    check("unseen:LogisticRegression.fit", 2);
  }

  @Test
  void countsFitsOfOneJob() {
    jobs(FIRST, FIRST, FIRST);
    check("unseen:LogisticRegression.fit", 1);
    unseen.settle();
    check("unseen:LogisticRegression.fit", 3);
  }

  @Test
  void solversAreNotEstimators() {
    jobs("org.apache.spark.ml.optim.WeightedLeastSquares.fit(W.scala:1)\n" + FIT);
    check("unseen:LogisticRegression.fit", 1);
  }

  @Test
  void countsFitsAtOtherPlaces() {
    jobs(FIRST, FIRST.replace(":10)", ":20)"));
    check("unseen:LogisticRegression.fit", 2);
  }

  @Test
  void countsWhatTheFitIsInsideOfOnce() {
    String fold =
        FIRST.replace(
            PROGRAM, "org.apache.spark.ml.tuning.CrossValidator.fit(C.scala:1)\n" + PROGRAM);
    jobs(fold, fold, fold);
    unseen.settle();
    Map<String, Long> expected = new TreeMap<>();
    expected.put("unseen:CrossValidator.fit", 1L);
    expected.put("unseen:LogisticRegression.fit", 3L);
    assertEquals(expected, run.counts().all());
  }

  @Test
  void countsNothingElse() {
    jobs(
        "org.apache.spark.sql.Dataset.count(D.scala:1)\n" + PROGRAM,
        "org.apache.spark.ml.util.SchemaUtils.fit$1(S.scala:1)\n" + PROGRAM,
        "org.apache.spark.ml.Model.transform(M.scala:1)\n" + PROGRAM,
        "",
        null);
    assertEquals(Collections.emptyMap(), run.counts().all());
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void leavesOutWhatMlEventsTell() {
    String mine = FIT.replace("LogisticRegression.train", "FakeEstimator.train");
    MlEventCapture events = new MlEventCapture(run);
    FakeComponents.FakeEstimator estimator = new FakeComponents.FakeEstimator("fake");
    FitStart start = new FitStart();
    start.estimator_$eq(estimator);
    events.on(start);
    unseen.job(mine, events);
    assertEquals(Collections.emptyMap(), run.counts().all());
    FitEnd end = new FitEnd();
    end.estimator_$eq(estimator);
    events.on(end);
    unseen.job(mine, events);
    check("unseen:FakeEstimator.fit", 1);
  }

  @Test
  void reasonsAreBounded() {
    for (int i = 0; i < 200; i++) {
      jobs("org.apache.spark.ml.feature.Scaler" + i + ".fit(S.scala:1)\n" + PROGRAM);
    }
    assertEquals(51, run.counts().all().size());
    assertEquals(150, run.counts().all().get("unseen:other"));
  }

  private void jobs(String... stacks) {
    for (String stack : stacks) {
      unseen.job(stack, null);
    }
  }

  private void check(String reason, long count) {
    assertEquals(Collections.singletonMap(reason, count), run.counts().all());
  }
}
