package io.modeldb.spark;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkContext;

/**
 * Installs the hooks in the running driver, where it was started without {@code -javaagent}.
 *
 * <p>The thread that makes the SparkContext waits for it, so that the first fit is seen: some 0.4
 * s, and never longer than {@link #LIMIT_MS}. Whatever is in the way is told, and MLEvents are used
 * instead.
 *
 * <p>The JVM puts the agent's jar on the system class path. From then on another copy of these
 * classes is found there first, so this class and the entry points load nothing before that they do
 * not need, and touch afterwards only what is public, by JDK types.
 */
final class SelfAttach {
  /** Set when nobody waits any more: an agent that comes too late installs nothing. */
  static final String GIVEN_UP = "io.modeldb.spark.attach.given-up";

  private static final long LIMIT_MS = 5000;
  private static final int MAX_REASON = 500;

  private static boolean tried;
  private static String note = "";
  private static volatile String said;
  private static volatile Process helper;

  private SelfAttach() {}

  /**
   * Tries it, once in a JVM, where hooks are wanted and not there.
   *
   * @param capture the value of spark.modeldb.capture
   */
  static synchronized void ifWanted(String capture) {
    String wanted = capture.trim().toLowerCase(Locale.ROOT);
    if (tried || wanted.equals("off") || wanted.equals("events") || Hooked.inThisJvm()) {
      return;
    }
    tried = true;
    try {
      String obstacle = obstacle();
      if (obstacle == null) {
        obstacle = attach();
      }
      note = obstacle == null ? "" : sentence(obstacle);
    } catch (Throwable t) {
      note = sentence(String.valueOf(t));
    }
  }

  /** Why there are no hooks, as far as that is this class's business; else empty. */
  static synchronized String note() {
    return note;
  }

  private static String sentence(String obstacle) {
    int length = Math.min(obstacle.length(), MAX_REASON);
    return "The bridge could not attach itself: " + obstacle.substring(0, length) + ".";
  }

  /** What makes an attempt futile, or harmful; null when there is nothing. */
  private static String obstacle() throws ClassNotFoundException {
    ClassLoader system = ClassLoader.getSystemClassLoader();
    if (Class.forName("org.apache.spark.SparkContext", false, system) != SparkContext.class) {
      return "Spark is not on the JVM's own class path";
    }
    if (jar() == null) {
      return "the bridge is not in a jar file";
    }
    try {
      HotSpotDiagnosticMXBean vm =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      // A JVM that does not take attachments answers the attempt with a thread dump on standard
      // output, which is the job's; or it ends.
      if (isSet(vm, "DisableAttachMechanism") || isSet(vm, "ReduceSignalUsage")) {
        return "the JVM runs with -XX:+DisableAttachMechanism or -Xrs";
      }
      if (!isSet(vm, "EnableDynamicAgentLoading", true)) {
        return "the JVM runs with -XX:-EnableDynamicAgentLoading";
      }
    } catch (Throwable t) {
      return "the JVM does not say whether it can be attached to: " + t;
    }
    if (!hasAttachApi()) {
      return "this Java runtime lacks the module jdk.attach; a JDK has it";
    }
    return null;
  }

  private static boolean isSet(HotSpotDiagnosticMXBean vm, String option) {
    return isSet(vm, option, false);
  }

  private static boolean isSet(HotSpotDiagnosticMXBean vm, String option, boolean unknown) {
    try {
      return Boolean.parseBoolean(vm.getVMOption(option).getValue());
    } catch (IllegalArgumentException e) {
      return unknown; // Java 8 does not know all of them.
    }
  }

  private static boolean hasAttachApi() {
    try {
      Class.forName(
          "com.sun.tools.attach.VirtualMachine", false, ClassLoader.getSystemClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return toolsJar().isFile();
    }
  }

  /** Null when it is attached. */
  private static String attach() throws InterruptedException {
    Thread attaching = new Thread(SelfAttach::run, "modeldb-attach");
    attaching.setDaemon(true);
    attaching.start();
    try {
      attaching.join(LIMIT_MS);
    } finally {
      // Also when the user's thread was interrupted.
      if (attaching.isAlive()) {
        System.setProperty(GIVEN_UP, "true");
        Process process = helper;
        if (process != null) {
          process.destroyForcibly();
        }
      }
    }
    String answer = said;
    if (Attacher.DONE.equals(answer)) {
      return Hooked.inThisJvm() ? null : "the agent was loaded but installed nothing";
    }
    return answer == null ? "it took longer than " + LIMIT_MS + " ms" : answer;
  }

  private static void run() {
    try {
      String pid = pid();
      String jar = jar().getPath();
      String self = System.getProperty("jdk.attach.allowAttachSelf");
      if (self != null && (self.isEmpty() || Boolean.parseBoolean(self))) {
        Attacher.load(pid, jar);
        said = Attacher.DONE;
      } else {
        said = inHelper(pid, jar);
      }
    } catch (Throwable t) {
      said = Attacher.reason(t);
    }
  }

  private static String inHelper(String pid, String jar) throws IOException {
    File java = new File(home(), "bin/java");
    if (!java.isFile()) {
      java = new File(home(), "bin/java.exe");
    }
    if (!java.isFile()) {
      return "there is no bin/java in " + home();
    }
    String classPath = toolsJar().isFile() ? jar + File.pathSeparator + toolsJar() : jar;
    ProcessBuilder command =
        new ProcessBuilder(
            java.getPath(),
            "-Xshare:auto",
            "-Xmx32m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            Attacher.class.getName(),
            pid,
            jar);
    List<String> notForIt =
        Arrays.asList("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH");
    command.environment().keySet().removeAll(notForIt);
    command.redirectErrorStream(true);
    Process process = command.start();
    helper = process;
    process.getOutputStream().close();
    String last = null;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      // The JVM itself may have warnings to give before.
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
        if (line.equals(Attacher.DONE)) {
          break;
        }
      }
    }
    return last == null ? "the helper JVM said nothing" : last;
  }

  /** The jar that this class is in, whichever way it came to this machine; null for none. */
  private static File jar() {
    CodeSource source = SelfAttach.class.getProtectionDomain().getCodeSource();
    try {
      File file = source == null ? null : new File(source.getLocation().toURI());
      return file != null && file.isFile() ? file.getAbsoluteFile() : null;
    } catch (Exception e) {
      return null;
    }
  }

  private static File home() {
    return new File(System.getProperty("java.home", ""));
  }

  /** Where Java 8 has the attach API. */
  private static File toolsJar() {
    return new File(home().getParentFile(), "lib/tools.jar");
  }

  /** Without asking the network for the machine's name, as the runtime's own name does. */
  private static String pid() throws IOException {
    File self = new File("/proc/self");
    if (self.exists()) {
      return self.getCanonicalFile().getName();
    }
    String name = ManagementFactory.getRuntimeMXBean().getName();
    return name.substring(0, name.indexOf('@'));
  }
}
