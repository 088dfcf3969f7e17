package io.modeldb.spark;

/** How a run is watched, and why it is not watched more closely. */
final class CaptureMode {
  static final String AGENT = "agent";
  static final String EVENTS = "events";

  /** {@link #AGENT} or {@link #EVENTS}. */
  final String name;

  /** "javaagent", "self" or "listener". */
  final String attachedBy;

  /** A sentence; empty when it is watched as closely as can be. */
  final String note;

  final boolean byHooks;

  private CaptureMode(String name, String attachedBy, String note, boolean byHooks) {
    this.name = name;
    this.attachedBy = attachedBy;
    this.note = note;
    this.byHooks = byHooks;
  }

  /**
   * @param wanted not OFF
   * @param hookedBy how the hooks came in, null when there are none
   * @param obstacle why there are none, as far as is known
   */
  static CaptureMode of(Settings.Capture wanted, String hookedBy, String obstacle) {
    String attachedBy = hookedBy == null ? "listener" : hookedBy;
    if (wanted == Settings.Capture.EVENTS) {
      return new CaptureMode(
          EVENTS, attachedBy, "spark.modeldb.capture is events: MLEvents only.", false);
    }
    if (hookedBy != null) {
      return new CaptureMode(AGENT, attachedBy, "", true);
    }
    String missing = obstacle.isEmpty() ? "The driver runs without -javaagent." : obstacle;
    if (wanted == Settings.Capture.AGENT) {
      return new CaptureMode(AGENT, attachedBy, missing + " Only the run is recorded.", false);
    }
    return new CaptureMode(EVENTS, attachedBy, missing + " MLEvents only.", false);
  }

  boolean byEvents() {
    return name.equals(EVENTS);
  }

  /** Whether hooks were asked for and are not there. */
  boolean isUnable() {
    return !byHooks && !byEvents();
  }
}
