package io.modeldb.spark;

import io.modeldb.spark.hook.ClassHooks;
import io.modeldb.spark.hook.Hook;
import java.lang.instrument.Instrumentation;

/** The entry point for {@code -javaagent}. */
public final class ModelDBAgent {
  private ModelDBAgent() {}

  /** Called by the JVM before the main class; Spark is not loaded yet, and must not be by us. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    try {
      Bridge.INSTANCE.hooksInstalled();
      Hook.observe(Bridge.INSTANCE);
      instrumentation.addTransformer(new ClassHooks(), true);
    } catch (Throwable t) {
      Warnings.warn("cannot attach, the job runs unobserved: " + t);
    }
  }
}
