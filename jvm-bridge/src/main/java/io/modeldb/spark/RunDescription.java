package io.modeldb.spark;

import io.modeldb.proto.v1.RunStarted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Map;
import java.util.TreeMap;

/** What is told of an application when its run starts. */
final class RunDescription {
  private static final int MAX_SETTINGS = 1000;
  private static final int MAX_VALUE = 4096;
  private static final int MAX_COMMAND = 16 * 1024;
  private static final String TAGS = Settings.PREFIX + "tags.";

  /** An application, as far as the place that saw it start knows it. */
  static final class Application {
    String id = "";
    String name = "";
    String user = "";
    String sparkVersion = "";
    String client = "";

    /** Why there are no hooks, where somebody tried to install them. */
    String captureNote = "";

    Map<String, String> conf = new TreeMap<>();

    Application() {}

    /** As another copy of these classes tells it. */
    Application(Map<String, String> app, Map<String, String> conf) {
      id = app.getOrDefault("id", "");
      name = app.getOrDefault("name", "");
      user = app.getOrDefault("user", "");
      sparkVersion = app.getOrDefault("sparkVersion", "");
      client = app.getOrDefault("client", "");
      captureNote = app.getOrDefault("captureNote", "");
      this.conf = conf;
    }
  }

  private RunDescription() {}

  static RunStarted of(Application app, Settings settings, CaptureMode mode) {
    Redaction redaction = new Redaction(app.conf.get("spark.redaction.regex"));
    Launch launch = Launch.read(app.conf);
    RunStarted.Builder out =
        RunStarted.newBuilder()
            .setProject(settings.project == null ? app.name : settings.project)
            .setExperiment(settings.experiment == null ? "default" : settings.experiment)
            .setName(settings.runName == null ? app.id : settings.runName)
            .setParentRunId(settings.runParent == null ? "" : settings.runParent)
            .setUser(app.user)
            .setHost(host(app))
            .setApplicationId(app.id)
            .setFramework("spark")
            .setFrameworkVersion(app.sparkVersion)
            .setCodeVersion(launch.codeVersion())
            .setCommand(cut(redaction.command(launch.command()), MAX_COMMAND))
            .setCaptureMode(mode.name)
            .setAttachedBy(mode.attachedBy)
            .setCaptureNote(mode.note)
            .setClient(app.client);
    for (Map.Entry<String, String> entry : app.conf.entrySet()) {
      String key = entry.getKey();
      if (key.startsWith(TAGS) && key.length() > TAGS.length()) {
        if (out.getTagsCount() < MAX_SETTINGS) {
          out.putTags(key.substring(TAGS.length()), cut(entry.getValue(), MAX_VALUE));
        }
      } else if (out.getSettingsCount() < MAX_SETTINGS && key.length() < MAX_VALUE) {
        out.putSettings(key, cut(redaction.setting(key, entry.getValue()), MAX_VALUE));
      }
    }
    return out.build();
  }

  /** The machine's name, without asking the network for it. */
  private static String host(Application app) {
    try {
      Path name = Paths.get("/proc/sys/kernel/hostname");
      if (Files.isReadable(name)) {
        return new String(Files.readAllBytes(name), StandardCharsets.UTF_8).trim();
      }
    } catch (Exception e) {
      // Another way, then.
    }
    String windows = System.getenv("COMPUTERNAME");
    String unix = System.getenv("HOSTNAME");
    String driver = app.conf.get("spark.driver.host");
    return windows != null ? windows : unix != null ? unix : driver != null ? driver : "";
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max);
  }
}
