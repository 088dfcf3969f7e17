package io.modeldb.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String RESOURCE = "spark.submit.primaryResource";

  @TempDir Path root;

  @Test
  void theCommitIsThatOfTheScript() throws IOException {
    Files.createDirectories(root.resolve(".git"));
    Files.write(root.resolve(".git/HEAD"), COMMIT.getBytes(StandardCharsets.UTF_8));
    Path script = Files.createFile(root.resolve("a job.py"));
    for (String resource : new String[] {script.toString(), script.toUri().toString()}) {
      Launch launch = Launch.read(Collections.singletonMap(RESOURCE, resource));
      assertEquals(COMMIT, launch.codeVersion(), resource);
      assertTrue(launch.command().endsWith(resource), launch.command());
    }
  }

  @Test
  void theScriptIsWhatSparkSubmitWasGiven() throws IOException {
    Files.createDirectories(root.resolve(".git"));
    Files.write(root.resolve(".git/HEAD"), COMMIT.getBytes(StandardCharsets.UTF_8));
    Path script = Files.createFile(root.resolve("job.py"));
    String command =
        "org.apache.spark.deploy.SparkSubmit --master local[2] --verbose --conf a=b"
            + (" --name=x " + script + " --fits 1");
    assertEquals(COMMIT, Launch.read(Collections.emptyMap(), command).codeVersion());
    assertEquals(command, Launch.read(Collections.emptyMap(), command).command());
  }

  @Test
  void scriptsThatAreElsewhereHarmNothing() {
    String here = Launch.read(Collections.emptyMap()).codeVersion();
    for (String resource : new String[] {"hdfs://host/job.py", "file:///no such.py", "\0"}) {
      Launch launch = Launch.read(Collections.singletonMap(RESOURCE, resource));
      assertEquals(here, launch.codeVersion(), resource);
    }
  }

  @Test
  void whatPythonStartedHasPythonsCommand() {
    String own = Launch.read(Collections.emptyMap()).command();
    String parent = Launch.read(Collections.singletonMap(RESOURCE, "pyspark-shell")).command();
    assertFalse(parent.isEmpty());
    if (Files.exists(java.nio.file.Paths.get("/proc/self/cmdline"))) {
      assertFalse(parent.startsWith(own), parent);
    }
  }
}
