package io.modeldb.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.modeldb.proto.v1.RunStarted;
import org.junit.jupiter.api.Test;

class RunDescriptionTest {
  @Test
  void fallsBackToTheApplication() {
    RunStarted run = describe(new RunDescription.Application());
    assertEquals("app", run.getProject());
    assertEquals("default", run.getExperiment());
    assertEquals("local-1", run.getName());
    assertEquals("spark", run.getFramework());
  }

  @Test
  void takesWhatIsSet() {
    RunDescription.Application app = new RunDescription.Application();
    app.conf.put("spark.modeldb.project", "census");
    app.conf.put("spark.modeldb.run.name", "monday");
    app.conf.put("spark.modeldb.tags.team", "data");
    app.conf.put("spark.secret", "hunter2");
    RunStarted run = describe(app);
    assertEquals("census", run.getProject());
    assertEquals("monday", run.getName());
    assertEquals("data", run.getTagsMap().get("team"));
    assertEquals(Redaction.HIDDEN, run.getSettingsMap().get("spark.secret"));
  }

  private static RunStarted describe(RunDescription.Application app) {
    app.id = "local-1";
    app.name = "app";
    CaptureMode mode = CaptureMode.of(Settings.Capture.AUTO, "javaagent", "");
    return RunDescription.of(app, new Settings(app.conf::get, warning -> {}), mode);
  }
}
