package io.modeldb.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modeldb.spark.sampling.SampleSettings;
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
    assertEquals(Settings.Artifacts.RECORD, settings.artifacts);
    assertTrue(warnings.isEmpty());
  }

  @Test
  void readsSparkStyleValues() {
    conf.put("spark.modeldb.capture", "Events");
    conf.put("spark.modeldb.artifacts", "Copy");
    conf.put("spark.modeldb.flush.timeout", " 500ms ");
    conf.put("spark.modeldb.spool.max", "1g");
    conf.put("spark.modeldb.agent", "https://agent.example:7617/");
    Settings settings = read();
    assertEquals(Settings.Capture.EVENTS, settings.capture);
    assertEquals(Settings.Artifacts.COPY, settings.artifacts);
    assertEquals(TimeUnit.MILLISECONDS.toNanos(500), settings.flushNanos);
    assertTrue(warnings.isEmpty(), warnings.toString());
  }

  @Test
  void tellsOfWhatItCannotReadAndGoesOn() {
    conf.put("spark.modeldb.capture", "yes");
    conf.put("spark.modeldb.artifacts", "all");
    conf.put("spark.modeldb.flush.timeout", "soon");
    conf.put("spark.modeldb.spool.max", "9999999999999g");
    conf.put("spark.modeldb.agent", "localhost:7617");
    Settings settings = read();
    assertEquals(Settings.Capture.AUTO, settings.capture);
    assertEquals(Settings.Artifacts.RECORD, settings.artifacts);
    assertEquals(5, warnings.size(), warnings.toString());
    assertTrue(
        warnings.contains(
            "spark.modeldb.flush.timeout is 'soon'; accepted is a duration such as 500ms, 2s or 1m."
                + " 2000ms is used."),
        warnings.toString());
  }

  @Test
  void samplesStayOnTheMachineUnlessToldOtherwise() {
    assertEquals(SampleSettings.Mode.CHEAP, read().samples.mode());
    assertEquals(100, read().samples.rows());
    assertEquals(1000, read().samples.predictionRows());
    assertEquals(TimeUnit.SECONDS.toNanos(10), read().samples.timeoutNanos());
    assertEquals(TimeUnit.SECONDS.toNanos(3), read().samples.budgetNanos());
    for (String agent : new String[] {"localhost", "127.8.0.1", "[::1]"}) {
      conf.put("spark.modeldb.agent", "http://" + agent + ":7617");
      assertEquals(SampleSettings.Mode.CHEAP, read().samples.mode(), agent);
    }
    for (String agent : new String[] {"agent.example", "127.0.0.1.example", "10.0.0.1"}) {
      conf.put("spark.modeldb.agent", "http://" + agent + ":7617");
      assertEquals(SampleSettings.Mode.OFF, read().samples.mode(), agent);
    }
    conf.put("spark.modeldb.sample.mode", "Always");
    conf.put("spark.modeldb.sample.exclude", "name*");
    conf.put("spark.modeldb.sample.budget", "3m");
    assertEquals(TimeUnit.MINUTES.toNanos(3), read().samples.budgetNanos());
    assertEquals(SampleSettings.Mode.ALWAYS, read().samples.mode());
    assertTrue(read().samples.excluded().has("NAMES"));
    assertTrue(warnings.isEmpty(), warnings.toString());
  }

  @Test
  void aMalformedSampleModeSamplesNothing() {
    conf.put("spark.modeldb.sample.mode", "some");
    conf.put("spark.modeldb.sample.rows", "-1");
    conf.put("spark.modeldb.predictions.rows", "1000000000000");
    Settings settings = read();
    assertEquals(SampleSettings.Mode.OFF, settings.samples.mode());
    assertEquals(100, settings.samples.rows());
    assertEquals(1000, settings.samples.predictionRows());
    assertEquals(3, warnings.size(), warnings.toString());
  }

  private Settings read() {
    return new Settings(conf::get, warnings::add);
  }
}
