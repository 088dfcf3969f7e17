package io.modeldb.spark;

import java.lang.reflect.InvocationTargetException;

/**
 * Loads the bridge as an agent into a JVM that runs.
 *
 * <p>A JVM does not attach to itself unless it was started so. Then this is the main class of a
 * short helper JVM, which says on standard output that it is {@link #DONE}, or why it is not.
 */
public final class Attacher {
  static final String DONE = "attached";

  private Attacher() {}

  /** Arguments: process id and jar. */
  public static void main(String[] arguments) {
    String said;
    try {
      load(arguments[0], arguments[1]);
      said = DONE;
    } catch (Throwable t) {
      said = reason(t);
    }
    System.out.println(said);
    System.out.flush();
    // Attaching leaves nothing behind that an orderly end would have to wait for.
    Runtime.getRuntime().halt(0);
  }

  /** The attach API is in a module that a Java runtime need not have: nothing may link to it. */
  static void load(String pid, String jar) throws ReflectiveOperationException {
    Class<?> type = Class.forName("com.sun.tools.attach.VirtualMachine");
    Object machine = type.getMethod("attach", String.class).invoke(null, pid);
    try {
      type.getMethod("loadAgent", String.class).invoke(machine, jar);
    } finally {
      type.getMethod("detach").invoke(machine);
    }
  }

  static String reason(Throwable t) {
    Throwable cause = t instanceof InvocationTargetException ? t.getCause() : t;
    return String.valueOf(cause).replaceAll("\\s+", " ");
  }
}
