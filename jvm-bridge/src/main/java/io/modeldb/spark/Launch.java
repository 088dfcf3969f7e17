package io.modeldb.spark;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * How the program was launched: its command line and where its code is.
 *
 * <p>{@code spark-submit} names the script, and where Python made the driver's JVM for itself
 * ({@code python script.py}, notebooks, the PySpark shell) that is the JVM's parent, whose command
 * line is the one that counts.
 */
final class Launch {
  private static final int MAX_BYTES = 64 * 1024;
  private static final String RESOURCE = "spark.submit.primaryResource";
  private static final String SUBMIT = "org.apache.spark.deploy.SparkSubmit";

  /** The options of spark-submit that have no value. */
  private static final List<String> FLAGS =
      Arrays.asList("--verbose", "-v", "--supervise", "--usage-error", "--version", "--help", "-h");

  private static final Path PROC = Paths.get("/proc");

  private final Map<String, String> conf;
  private final String own;
  private final List<String> parent;
  private final Path parentDirectory;

  private Launch(Map<String, String> conf, String own, List<String> parent, Path parentDirectory) {
    this.conf = conf;
    this.own = own;
    this.parent = parent;
    this.parentDirectory = parentDirectory;
  }

  /** Reads what the operating system tells without a process being started for it. */
  static Launch read(Map<String, String> conf) {
    return read(conf, System.getProperty("sun.java.command", ""));
  }

  /**
   * @param own the main class of this JVM and its arguments
   */
  static Launch read(Map<String, String> conf, String own) {
    if (!isGateway(conf, own)) {
      return new Launch(conf, own, Collections.emptyList(), null);
    }
    try {
      // The process id and the name in brackets come first; the name may contain anything.
      String stat = text(PROC.resolve("self").resolve("stat"));
      String id = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1];
      Path process = PROC.resolve(id);
      List<String> command = Arrays.asList(text(process.resolve("cmdline")).split("\0"));
      Path directory = process.resolve("cwd").toRealPath();
      return new Launch(conf, own, command, directory);
    } catch (IOException | RuntimeException e) {
      return new Launch(conf, own, Collections.emptyList(), null);
    }
  }

  /** The command line, as it is: secrets are not taken out yet. */
  String command() {
    if (!parent.isEmpty()) {
      return String.join(" ", parent).trim();
    }
    String script = conf.get(RESOURCE);
    return script == null || own.contains(script) ? own : own + " " + script;
  }

  /** The commit of the script's (or jar's) repository, else that of the working directory. */
  String codeVersion() {
    Path script = script();
    String version = script == null ? "" : CodeVersion.of(script.getParent());
    return version.isEmpty() ? CodeVersion.of(Paths.get("")) : version;
  }

  private Path script() {
    try {
      if (!parent.isEmpty()) {
        for (String argument : parent.subList(1, parent.size())) {
          if (!argument.startsWith("-")) {
            Path file = parentDirectory.resolve(argument).toAbsolutePath();
            return Files.isRegularFile(file) ? file : null;
          }
        }
        return null;
      }
      String resource = conf.get(RESOURCE);
      if (resource == null) {
        resource = submitted();
      }
      if (resource == null) {
        return null;
      }
      Path file =
          resource.startsWith("file:")
              ? Paths.get(URI.create(resource).getPath())
              : Paths.get(resource);
      return Files.isRegularFile(file) ? file.toAbsolutePath() : null;
    } catch (RuntimeException e) {
      return null; // no path of this machine
    }
  }

  /** What spark-submit was given to run: its first argument that belongs to no option. */
  private String submitted() {
    String[] words = own.split(" ");
    if (!words[0].equals(SUBMIT)) {
      return null;
    }
    for (int i = 1; i < words.length; i++) {
      if (!words[i].startsWith("-")) {
        return words[i];
      }
      if (!FLAGS.contains(words[i]) && !words[i].contains("=")) {
        i++; // its value
      }
    }
    return null;
  }

  /** Whether Python started this JVM, and not the other way round. */
  private static boolean isGateway(Map<String, String> conf, String own) {
    return "pyspark-shell".equals(conf.get(RESOURCE)) || own.endsWith(" pyspark-shell");
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = new byte[MAX_BYTES];
      int n = 0;
      for (int more; n < bytes.length && (more = in.read(bytes, n, bytes.length - n)) > 0; ) {
        n += more;
      }
      return new String(bytes, 0, n, StandardCharsets.UTF_8);
    }
  }
}
