package io.modeldb.spark;

import io.modeldb.spark.hook.ClassHooks;
import io.modeldb.spark.hook.Hook;
import io.modeldb.spark.hook.OwnIds;
import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;

/** Installs the hooks: for {@code -javaagent}, and for {@link SelfAttach} in a JVM that runs. */
public final class ModelDBAgent {
  private ModelDBAgent() {}

  /** Called by the JVM before the main class; Spark is not loaded yet, and must not be by us. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    try {
      install("javaagent", instrumentation);
    } catch (Throwable t) {
      Warnings.warn("cannot attach, the job runs unobserved: " + t);
    }
  }

  /** Called by the JVM when it was asked to load this agent; then the job's thread waits. */
  public static void agentmain(String arguments, Instrumentation instrumentation) {
    if (System.getProperty(SelfAttach.GIVEN_UP) == null
        && install("self", instrumentation)
        && !retransform(instrumentation)) {
      Bridge.INSTANCE.hookFailed();
    }
  }

  private static boolean install(String by, Instrumentation instrumentation) {
    if (!Bridge.INSTANCE.hooksInstalled(by)) {
      return false; // The jar is there twice; a method must not be advised twice.
    }
    Hook.observe(Bridge.INSTANCE);
    OwnIds.installed(instrumentation);
    instrumentation.addTransformer(new ClassHooks(), true);
    return true;
  }

  /** Takes up the classes that were loaded before. */
  private static boolean retransform(Instrumentation instrumentation) {
    List<Class<?>> wanted = new ArrayList<>();
    for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
      if (ClassHooks.concerns(loaded) && instrumentation.isModifiableClass(loaded)) {
        wanted.add(loaded);
      }
    }
    if (wanted.isEmpty()) {
      return true;
    }
    try {
      instrumentation.retransformClasses(wanted.toArray(new Class<?>[0]));
      return true;
    } catch (Throwable together) {
      // One of them does not bear it: the others do.
    }
    boolean all = true;
    for (Class<?> each : wanted) {
      try {
        instrumentation.retransformClasses(each);
      } catch (Throwable alone) {
        all = false;
      }
    }
    return all;
  }
}
