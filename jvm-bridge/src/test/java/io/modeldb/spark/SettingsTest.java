package io.modeldb.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private final Map<String, String> conf = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();

  @Test
  void hasDefaults() {
    Settings settings = read();
    assertEquals(Settings.Capture.AUTO, settings.capture);
    assertEquals(TimeUnit.SECONDS.toNanos(2), settings.flushNanos);
    assertTrue(warnings.isEmpty());
  }

  @Test
  void readsSparkStyleValues() {
    conf.put("spark.modeldb.capture", "Events");
    conf.put("spark.modeldb.flush.timeout", " 500ms ");
    conf.put("spark.modeldb.spool.max", "1g");
    conf.put("spark.modeldb.agent", "https://agent.example:7617/");
    Settings settings = read();
    assertEquals(Settings.Capture.EVENTS, settings.capture);
    assertEquals(TimeUnit.MILLISECONDS.toNanos(500), settings.flushNanos);
    assertTrue(warnings.isEmpty(), warnings.toString());
  }

  @Test
  void tellsOfWhatItCannotReadAndGoesOn() {
    conf.put("spark.modeldb.capture", "yes");
    conf.put("spark.modeldb.flush.timeout", "soon");
    conf.put("spark.modeldb.spool.max", "9999999999999g");
    conf.put("spark.modeldb.agent", "localhost:7617");
    Settings settings = read();
    assertEquals(Settings.Capture.AUTO, settings.capture);
    assertEquals(4, warnings.size(), warnings.toString());
    assertTrue(
        warnings.contains(
            "spark.modeldb.flush.timeout is 'soon'; accepted is a duration such as 500ms, 2s or 1m."
                + " 2000ms is used."),
        warnings.toString());
  }

  private Settings read() {
    return new Settings(conf::get, warnings::add);
  }
}
