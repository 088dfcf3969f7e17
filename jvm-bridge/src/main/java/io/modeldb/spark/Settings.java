package io.modeldb.spark;

import io.modeldb.spark.delivery.DeliverySettings;
import io.modeldb.spark.sampling.ExcludedColumns;
import io.modeldb.spark.sampling.SampleSettings;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code spark.modeldb.*} settings of one application. A value that cannot be read is told once
 * and replaced by the default: the job must start whatever is set.
 */
final class Settings {
  static final String PREFIX = "spark.modeldb.";

  /** How the application is watched. */
  enum Capture {
    /** By hooks where they are, else by MLEvents. */
    AUTO,
    /** By MLEvents even where hooks are. */
    EVENTS,
    /** By hooks only. */
    AGENT,
    OFF
  }

  /** What becomes of what the job saves. */
  enum Artifacts {
    /** It is recorded. */
    RECORD,
    /** Its bytes go into the warehouse too. */
    COPY
  }

  private static final String DEFAULT_AGENT = "http://127.0.0.1:7617";
  private static final int MAX_SAMPLE_ROWS = 100_000;
  private static final Pattern LOOPBACK = Pattern.compile("127(\\.\\d{1,3}){3}");
  private static final Pattern QUANTITY = Pattern.compile("\\s*(\\d{1,15})\\s*([a-zA-Z]*)\\s*");

  final Capture capture;
  final Artifacts artifacts;
  final DeliverySettings delivery;
  final SampleSettings samples;
  final long flushNanos;
  final String project;
  final String experiment;
  final String runName;
  final String runParent;

  private final UnaryOperator<String> conf;
  private final Consumer<String> warn;

  /**
   * @param conf looks a key up, null when it is not set
   */
  Settings(UnaryOperator<String> conf, Consumer<String> warn) {
    this.conf = conf;
    this.warn = warn;
    this.capture = capture();
    this.artifacts = artifacts();
    String dir = text("spool.dir");
    URL agent = agent();
    this.samples =
        new SampleSettings(
            sampleMode(agent),
            number("sample.rows", 100, MAX_SAMPLE_ROWS),
            number("predictions.rows", 1000, MAX_SAMPLE_ROWS),
            duration("sample.timeout", TimeUnit.SECONDS.toNanos(10)),
            duration("sample.budget", TimeUnit.SECONDS.toNanos(3)),
            new ExcludedColumns(text("sample.exclude")));
    this.delivery =
        new DeliverySettings(
            agent,
            dir == null ? defaultSpool() : spoolDir(dir),
            dir == null,
            bytes("spool.max", 256L << 20));
    this.flushNanos = duration("flush.timeout", TimeUnit.SECONDS.toNanos(2));
    this.project = text("project");
    this.experiment = text("experiment");
    this.runName = text("run.name");
    this.runParent = text("run.parent");
  }

  private String text(String key) {
    String value = conf.apply(PREFIX + key);
    return value == null || value.trim().isEmpty() ? null : value.trim();
  }

  private Capture capture() {
    String value = text("capture");
    if (value == null) {
      return Capture.AUTO;
    }
    try {
      return Capture.valueOf(value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      malformed("capture", value, "auto, events, agent or off", "auto");
      return Capture.AUTO;
    }
  }

  private Artifacts artifacts() {
    String value = text("artifacts");
    if (value == null || value.equalsIgnoreCase("record")) {
      return Artifacts.RECORD;
    }
    if (value.equalsIgnoreCase("copy")) {
      return Artifacts.COPY;
    }
    malformed("artifacts", value, "record or copy", "record");
    return Artifacts.RECORD;
  }

  private URL agent() {
    String value = text("agent");
    try {
      if (value != null) {
        URL url = new URL(value);
        boolean http = url.getProtocol().equals("http") || url.getProtocol().equals("https");
        if (http && !url.getHost().isEmpty() && url.getUserInfo() == null) {
          return url;
        }
        malformed("agent", value, "http://host:port or https://host:port", DEFAULT_AGENT);
      }
    } catch (MalformedURLException e) {
      malformed("agent", value, "http://host:port or https://host:port", DEFAULT_AGENT);
    }
    try {
      return new URL(DEFAULT_AGENT);
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Rows stay on the machine unless the user says that they may leave it. */
  private SampleSettings.Mode sampleMode(URL agent) {
    SampleSettings.Mode byDefault =
        isLoopback(agent.getHost()) ? SampleSettings.Mode.CHEAP : SampleSettings.Mode.OFF;
    String value = text("sample.mode");
    if (value == null) {
      return byDefault;
    }
    try {
      return SampleSettings.Mode.valueOf(value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      // Whoever wrote something else meant to say something about it: nothing leaves.
      malformed("sample.mode", value, "off, cheap or always", "off");
      return SampleSettings.Mode.OFF;
    }
  }

  /** By the name alone: asking the network could take long. */
  static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || LOOPBACK.matcher(host).matches()
        || host.equals("[::1]")
        || host.equals("::1");
  }

  private int number(String key, int byDefault, int most) {
    String value = text(key);
    if (value == null) {
      return byDefault;
    }
    if (value.matches("\\d{1,9}") && Integer.parseInt(value) <= most) {
      return Integer.parseInt(value);
    }
    malformed(key, value, "a number from 0 to " + most, String.valueOf(byDefault));
    return byDefault;
  }

  private Path spoolDir(String value) {
    try {
      return Paths.get(value).toAbsolutePath();
    } catch (InvalidPathException e) {
      malformed("spool.dir", value, "a path", defaultSpool().toString());
      return defaultSpool();
    }
  }

  private static Path defaultSpool() {
    return Paths.get(System.getProperty("java.io.tmpdir", "."), "modeldb-spool").toAbsolutePath();
  }

  private long duration(String key, long defaultNanos) {
    String value = text(key);
    if (value == null) {
      return defaultNanos;
    }
    Matcher m = QUANTITY.matcher(value);
    if (m.matches()) {
      TimeUnit unit = timeUnit(m.group(2).toLowerCase(Locale.ROOT));
      if (unit != null) {
        return unit.toNanos(Long.parseLong(m.group(1)));
      }
    }
    malformed(key, value, "a duration such as 500ms, 2s or 1m", defaultNanos / 1_000_000 + "ms");
    return defaultNanos;
  }

  /** Without a unit seconds are meant, as in Spark. */
  private static TimeUnit timeUnit(String unit) {
    switch (unit) {
      case "ms":
        return TimeUnit.MILLISECONDS;
      case "":
      case "s":
        return TimeUnit.SECONDS;
      case "m":
      case "min":
        return TimeUnit.MINUTES;
      default:
        return null;
    }
  }

  private long bytes(String key, long defaultBytes) {
    String value = text(key);
    if (value == null) {
      return defaultBytes;
    }
    Matcher m = QUANTITY.matcher(value);
    if (m.matches()) {
      int shift = shift(m.group(2).toLowerCase(Locale.ROOT));
      long number = Long.parseLong(m.group(1));
      if (shift >= 0 && number <= Long.MAX_VALUE >> shift) {
        return number << shift;
      }
    }
    malformed(key, value, "a size such as 512k, 256m or 1g", (defaultBytes >> 20) + "m");
    return defaultBytes;
  }

  private static int shift(String unit) {
    switch (unit) {
      case "":
      case "b":
        return 0;
      case "k":
      case "kb":
        return 10;
      case "m":
      case "mb":
        return 20;
      case "g":
      case "gb":
        return 30;
      default:
        return -1;
    }
  }

  private void malformed(String key, String value, String accepted, String used) {
    warn.accept(
        PREFIX + key + " is '" + value + "'; accepted is " + accepted + ". " + used + " is used.");
  }
}
