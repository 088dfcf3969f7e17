package io.modeldb.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CaptureModeTest {
  private static final String OBSTACLE = "It could not.";

  @Test
  void hooksAreUsedWhereTheyAre() {
    for (Settings.Capture wanted : new Settings.Capture[] {auto(), Settings.Capture.AGENT}) {
      CaptureMode mode = CaptureMode.of(wanted, "self", "");
      assertEquals("agent self ", text(mode));
      assertTrue(mode.byHooks);
      assertFalse(mode.isUnable());
    }
  }

  @Test
  void eventsAreUsedOtherwiseAndWhyIsSaid() {
    CaptureMode mode = CaptureMode.of(auto(), null, OBSTACLE);
    assertEquals("events listener It could not. MLEvents only.", text(mode));
    assertTrue(mode.byEvents() && !mode.byHooks && !mode.isUnable());
  }

  @Test
  void eventsWhenAskedForThoughThereAreHooks() {
    CaptureMode mode = CaptureMode.of(Settings.Capture.EVENTS, "javaagent", "");
    assertEquals("events javaagent spark.modeldb.capture is events: MLEvents only.", text(mode));
    assertFalse(mode.byHooks);
  }

  @Test
  void withoutTheHooksThatWereAskedForOnlyTheRunIsRecorded() {
    CaptureMode mode = CaptureMode.of(Settings.Capture.AGENT, null, OBSTACLE);
    assertEquals("agent listener It could not. Only the run is recorded.", text(mode));
    assertTrue(mode.isUnable());
    assertFalse(mode.byHooks || mode.byEvents());
  }

  private static Settings.Capture auto() {
    return Settings.Capture.AUTO;
  }

  private static String text(CaptureMode mode) {
    return mode.name + " " + mode.attachedBy + " " + mode.note;
  }
}
