package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.Loaded;
import io.modeldb.proto.v1.Saved;
import io.modeldb.spark.capture.FakeComponents.FakeEstimator;
import io.modeldb.spark.capture.FakeComponents.FakeModel;
import io.modeldb.spark.hook.HookPoint;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.junit.jupiter.api.Test;

class StoredModelsTest {
  /** Somebody's own. */
  public static final class OwnWriter extends MLWriter {
    @Override
    public void saveImpl(String path) {}
  }

  /** Somebody's own. */
  public static final class OwnReader extends MLReader<FakeModel> {
    @Override
    public FakeModel load(String path) {
      return null;
    }
  }

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
  void aSaveKnowsTheFitOfItsModel() {
    HookCapture.exit(enter(HookPoint.FIT, new FakeEstimator("m"), null), model);
    OwnWriter writer = new OwnWriter();
    HookCapture.writes(run, model, writer);
    Object save = enter(HookPoint.SAVE, writer, "s3a://bucket/models//one/");
    assertNull(enter(HookPoint.SAVE, new OwnWriter(), "s3a://bucket/models/one/stages/0"));
    HookCapture.exit(save, null);
    Saved saved = last().getSaved();
    assertEquals(events.get(0).getFitStarted().getOperation(), saved.getModel());
    assertEquals("m", saved.getComponent().getUid());
    assertEquals("s3a://bucket/models/one", saved.getUri());
    assertEquals("spark-ml", saved.getFormat());
  }

  @Test
  void aSaveThatFailsOfSomethingThatWasNeverFitted() {
    OwnWriter writer = new OwnWriter();
    HookCapture.writes(run, new FakeEstimator("e"), writer);
    HookCapture.fail(enter(HookPoint.SAVE, writer, ""), new IllegalStateException("nowhere"));
    Saved saved = last().getSaved();
    assertEquals(0, saved.getModel());
    assertEquals("e", saved.getComponent().getUid());
    assertEquals("nowhere", saved.getFailure().getMessage());
    assertEquals("''", saved.getUri());
  }

  @Test
  void whatWasLoadedIsThatOfTheLoad() {
    HookCapture.exit(enter(HookPoint.LOAD, new OwnReader(), "file:///models/one"), model);
    Loaded loaded = last().getLoaded();
    assertEquals("m", loaded.getComponent().getUid());
    assertEquals("file:/models/one", loaded.getUri());
    HookCapture.exit(enter(HookPoint.TRANSFORM, model, null), null);
    assertEquals(loaded.getOperation(), last().getTransformed().getModel());
  }

  @Test
  void aLoadThatFails() {
    HookCapture.fail(
        enter(HookPoint.LOAD, new OwnReader(), "/nothing"), new IllegalStateException("no"));
    assertEquals(OwnReader.class.getName(), last().getLoaded().getComponent().getClassName());
    assertEquals("no", last().getLoaded().getFailure().getMessage());
  }

  @Test
  void otherClassesAreNoWritersAndReaders() {
    assertNull(enter(HookPoint.SAVE, "a string", "path"));
    assertNull(enter(HookPoint.LOAD, model, "path"));
  }

  private Object enter(int point, Object self, Object argument) {
    return HookCapture.enter(run, point, self, argument);
  }

  private Event last() {
    return events.get(events.size() - 1);
  }
}
