package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.FitStarted;
import io.modeldb.proto.v1.Outcome;
import io.modeldb.proto.v1.Param;
import io.modeldb.spark.capture.FakeComponents.FakeEstimator;
import io.modeldb.spark.capture.FakeComponents.FakeModel;
import io.modeldb.spark.hook.HookPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class HookCaptureTest {
  private final List<Event> events = new ArrayList<>();
  private final Run run =
      new Run(
          "run-1",
          pending -> {
            pending.build(Long.MAX_VALUE, events::add);
            return true;
          });
  private final FakeEstimator outer = new FakeEstimator("outer");
  private final FakeEstimator inner = new FakeEstimator("inner");

  @Test
  void aFitHasItsParamsAndItsEnd() {
    outer.set("strength", 0.5);
    outer.set("columns", new String[] {"a", "b\""});
    Object token = fit(outer);
    HookCapture.exit(token, new FakeModel("outer"));
    FitStarted started = events.get(0).getFitStarted();
    assertEquals("outer", started.getEstimator().getUid());
    List<Param> params = started.getEstimator().getParamsList();
    assertEquals("[\"a\",\"b\\\"\"]", params.get(0).getValue().getJson());
    assertEquals(0.5, params.get(1).getValue().getNumber());
    assertEquals(Outcome.OUTCOME_FINISHED, events.get(1).getFitEnded().getOutcome());
    assertEquals(FakeModel.class.getName(), events.get(1).getFitEnded().getModelClass());
  }

  @Test
  void aFitInsideAFitHasItAsParent() {
    Object a = fit(outer);
    Object b = fit(inner);
    HookCapture.fail(b, new IllegalStateException("no"));
    HookCapture.fail(a, new IllegalStateException("no"));
    long parent = events.get(0).getFitStarted().getOperation();
    assertEquals(parent, events.get(1).getFitStarted().getParent());
    assertEquals("no", events.get(2).getFitEnded().getFailure().getMessage());
    assertEquals(Outcome.OUTCOME_FAILED, events.get(3).getFitEnded().getOutcome());
    HookCapture.exit(fit(inner), null);
    assertEquals(0, events.get(4).getFitStarted().getParent());
  }

  @Test
  void aCallOfSuperIsTheSameFit() {
    Object token = fit(outer);
    assertNull(fit(outer));
    HookCapture.exit(token, null);
    assertEquals(2, events.size());
  }

  @Test
  void predictionsInsideAFitAreItsOwnBusiness() {
    FakeModel model = new FakeModel("m");
    Object a = fit(outer);
    Object summary = enter(HookPoint.TRANSFORM, model);
    assertNotNull(summary);
    assertNull(fit(inner), "and so is what is below");
    HookCapture.exit(summary, null);
    Object b = fit(inner);
    HookCapture.exit(b, null);
    HookCapture.exit(a, null);
    assertEquals(4, events.size());
  }

  @Test
  void aTransformKnowsTheFitOfItsModelAndOfCopies() {
    FakeModel model = new FakeModel("m");
    FakeModel copy = new FakeModel("other uid");
    HookCapture.exit(fit(outer), model);
    HookCapture.copied(run, model, copy);
    long fit = events.get(0).getFitStarted().getOperation();
    for (FakeModel m : new FakeModel[] {model, copy, new FakeModel("m")}) {
      HookCapture.exit(enter(HookPoint.TRANSFORM, m), null);
      assertEquals(fit, events.get(events.size() - 1).getTransformed().getModel());
    }
    HookCapture.exit(enter(HookPoint.TRANSFORM, new FakeModel("never fitted")), null);
    assertEquals(0, events.get(events.size() - 1).getTransformed().getModel());
  }

  @Test
  void aThreadMadeInsideIsInsideOnlyWhileItIsOpen() throws Exception {
    Object a = fit(outer);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      pool.submit(() -> HookCapture.exit(fit(inner), null)).get();
      HookCapture.exit(a, null);
      pool.submit(() -> HookCapture.exit(fit(inner), null)).get();
    } finally {
      pool.shutdown();
    }
    long parent = events.get(0).getFitStarted().getOperation();
    assertEquals(parent, events.get(1).getFitStarted().getParent());
    assertEquals(0, events.get(4).getFitStarted().getParent());
  }

  @Test
  void otherClassesAreNoOperations() {
    assertNull(enter(HookPoint.FIT, "a string with a fit method"));
    assertNull(enter(HookPoint.TRANSFORM, outer));
    assertEquals(0, events.size());
  }

  @Test
  void theEndOfTheRunIsTheEnd() {
    run.counts().add("queue_full", 3);
    run.failed(new java.lang.reflect.InvocationTargetException(new RuntimeException("why")));
    run.end();
    run.end();
    HookCapture.exit(fit(outer), null);
    assertEquals(2, events.size());
    assertEquals(3L, events.get(0).getCaptureReported().getNotCapturedMap().get("queue_full"));
    assertEquals("why", events.get(1).getRunEnded().getFailure().getMessage());
  }

  private Object fit(Object estimator) {
    return enter(HookPoint.FIT, estimator);
  }

  private Object enter(int point, Object self) {
    return HookCapture.enter(run, point, self, null);
  }
}
