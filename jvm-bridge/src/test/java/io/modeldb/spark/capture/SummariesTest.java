package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.modeldb.proto.v1.Evaluated;
import io.modeldb.proto.v1.Event;
import io.modeldb.spark.capture.FakeComponents.FakeEstimator;
import io.modeldb.spark.capture.FakeComponents.FakeModel;
import io.modeldb.spark.hook.HookPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SummariesTest {
  private final List<Event> events = new ArrayList<>();
  private final Run run =
      new Run(
          "run-1",
          pending -> {
            pending.build(Long.MAX_VALUE, events::add);
            return true;
          });
  private final FakeModel model = new FakeModel("m");

  @Test
  void aValueIsToldOnceWithWhatItIsAbout() {
    Object fit = enter(HookPoint.FIT, new FakeEstimator("m"), null);
    HookCapture.exit(fit, model);
    Object summary = summaryOf(model);
    ask(summary, "accuracy", 0.9);
    ask(summary, "accuracy", 0.9);
    ask(summary, "rootMeanSquaredError", 3.0);
    ask(summary, "aSurprise", 1.0);
    List<Evaluated> told = told();
    assertEquals(3, told.size());
    assertEquals(0.9, told.get(0).getValue());
    assertEquals("accuracy", told.get(0).getMetric());
    assertEquals("summary", told.get(0).getSource());
    assertEquals("java.lang.Object", told.get(0).getEvaluator().getClassName());
    assertEquals(events.get(0).getFitStarted().getOperation(), told.get(0).getModel());
    assertEquals(true, told.get(0).getLargerIsBetter());
    assertEquals(true, told.get(1).hasLargerIsBetter());
    assertEquals(false, told.get(1).getLargerIsBetter());
    assertFalse(told.get(2).hasLargerIsBetter());
  }

  @Test
  void whatEvaluateAndGettersDoInsideIsTheirOwnBusiness() {
    Object evaluate = enter(HookPoint.SUMMARISE, model, null);
    assertNull(enter(HookPoint.TRANSFORM, model, null));
    Object summary = new Object();
    HookCapture.exit(evaluate, summary);
    Object outer = enter(HookPoint.GETTER, summary, "r2adj");
    assertNull(enter(HookPoint.GETTER, summary, "r2"));
    HookCapture.exit(outer, 0.5);
    assertEquals(1, told().size());
  }

  @Test
  void aFitMayAskItsOwnSummary() {
    Object summary = summaryOf(model);
    Object fit = enter(HookPoint.FIT, new FakeEstimator("outer"), null);
    assertNull(enter(HookPoint.GETTER, summary, "accuracy"));
    assertNull(enter(HookPoint.SUMMARISE, model, null));
    HookCapture.exit(fit, model);
    assertEquals(0, told().size());
  }

  @Test
  void aValueThatCannotBeComputedMayBeAskedForAgain() {
    Object summary = summaryOf(model);
    HookCapture.fail(enter(HookPoint.GETTER, summary, "accuracy"), new IllegalStateException("no"));
    ask(summary, "accuracy", 1.0);
    assertEquals("no", told().get(0).getFailure().getMessage());
    assertEquals(1.0, told().get(1).getValue());
  }

  @Test
  void aSummaryOfUnknownOriginIsCounted() {
    ask(new Object(), "accuracy", 1.0);
    assertEquals(0, told().size());
    assertEquals(1L, run.counts().all().get("summary_not_known"));
  }

  @Test
  void aParameterDoesNotChangeTheDirection() {
    assertEquals(true, Summaries.largerIsBetter("weightedFMeasure(2.0)"));
    assertEquals(false, Summaries.largerIsBetter("meanAbsoluteError"));
    assertNull(Summaries.largerIsBetter("dispersion"));
  }

  private Object summaryOf(Object ofModel) {
    Object summary = new Object();
    HookCapture.exit(enter(HookPoint.SUMMARISE, ofModel, null), summary);
    return summary;
  }

  private void ask(Object summary, String metric, double value) {
    HookCapture.exit(enter(HookPoint.GETTER, summary, metric), value);
  }

  private Object enter(int point, Object self, Object argument) {
    return HookCapture.enter(run, point, self, argument);
  }

  private List<Evaluated> told() {
    return events.stream()
        .filter(Event::hasEvaluated)
        .map(Event::getEvaluated)
        .collect(Collectors.toList());
  }
}
