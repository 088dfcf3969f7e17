package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.FitKind;
import io.modeldb.proto.v1.Outcome;
import io.modeldb.spark.capture.FakeComponents.FakeEstimator;
import io.modeldb.spark.capture.FakeComponents.FakeModel;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.FitEnd;
import org.apache.spark.ml.FitStart;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.TransformEnd;
import org.apache.spark.ml.TransformStart;
import org.junit.jupiter.api.Test;

class MlEventCaptureTest {
  private final List<Event> events = new ArrayList<>();
  private final Run run =
      new Run(
          "run-1",
          pending -> {
            pending.build(Long.MAX_VALUE, events::add);
            return true;
          });
  private final MlEventCapture capture = new MlEventCapture(run);
  private final FakeEstimator first = new FakeEstimator("first");
  private final FakeEstimator second = new FakeEstimator("second");
  private final Pipeline pipeline = pipeline("pipeline", first, second);

  @Test
  void putsStagesUnderTheirPipeline() {
    start(pipeline);
    start(first);
    FakeModel model = new FakeModel("first");
    end(first, model);
    transform(model);
    start(second);
    end(second, new FakeModel("second"));
    end(pipeline, null);
    assertEquals(FitKind.FIT_KIND_PIPELINE, events.get(0).getFitStarted().getKind());
    assertEquals(2, events.get(0).getFitStarted().getEstimator().getStagesCount());
    long parent = events.get(0).getFitStarted().getOperation();
    assertEquals(parent, events.get(1).getFitStarted().getParent());
    assertEquals(Outcome.OUTCOME_FINISHED, events.get(2).getFitEnded().getOutcome());
    assertEquals(parent, events.get(3).getTransformed().getParent());
    assertEquals(
        events.get(1).getFitStarted().getOperation(), events.get(3).getTransformed().getModel());
    assertEquals(parent, events.get(6).getFitEnded().getOperation());
  }

  @Test
  void tellsPipelinesApartThatRunAtTheSameTime() {
    FakeEstimator other = new FakeEstimator("first");
    Pipeline another = pipeline("pipeline", other);
    start(pipeline);
    start(another);
    start(first);
    start(other);
    long one = events.get(0).getFitStarted().getOperation();
    long two = events.get(1).getFitStarted().getOperation();
    assertEquals(one, events.get(2).getFitStarted().getParent());
    assertEquals(two, events.get(3).getFitStarted().getParent());
  }

  @Test
  void whatIsOpenWhenItsPipelineEndsHasFailed() {
    start(pipeline);
    start(first);
    end(pipeline, null);
    assertEquals(
        events.get(1).getFitStarted().getOperation(), events.get(2).getFitEnded().getOperation());
    assertEquals(Outcome.OUTCOME_FAILED, events.get(2).getFitEnded().getOutcome());
    assertEquals(Outcome.OUTCOME_FINISHED, events.get(3).getFitEnded().getOutcome());
  }

  @Test
  void whatBeginsAgainHadFailed() {
    start(pipeline);
    start(first);
    start(pipeline);
    assertEquals(Outcome.OUTCOME_FAILED, events.get(2).getFitEnded().getOutcome());
    assertEquals(Outcome.OUTCOME_FAILED, events.get(3).getFitEnded().getOutcome());
    assertEquals(5, events.size());
  }

  private static Pipeline pipeline(String uid, PipelineStage... stages) {
    return new Pipeline(uid).setStages(stages);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private void start(Estimator<?> estimator) {
    FitStart event = new FitStart();
    event.estimator_$eq(estimator);
    capture.on(event);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private void end(Estimator<?> estimator, FakeModel model) {
    FitEnd event = new FitEnd();
    event.estimator_$eq(estimator);
    event.model_$eq(model);
    capture.on(event);
  }

  private void transform(FakeModel model) {
    TransformStart start = new TransformStart();
    start.transformer_$eq(model);
    capture.on(start);
    TransformEnd end = new TransformEnd();
    end.transformer_$eq(model);
    capture.on(end);
  }
}
