package io.modeldb.spark;

import java.lang.reflect.Method;
import java.util.Map;

/**
 * Brings listeners to the bridge that counts.
 *
 * <p>A listener from {@code --jars} may be another copy of these classes than the one on the system
 * class path, where {@code -javaagent} and {@link SelfAttach} put it: always with {@code
 * spark.driver.userClassPathFirst}, and when the listener was loaded before it attached. The system
 * class loader's copy has the hooks, so the others hand over to it, by JDK and Spark types only.
 */
public final class Attachment {
  private static final Class<?> HOME = home();

  private Attachment() {}

  /**
   * An application starts.
   *
   * @param app what is known of it, by the names of {@link RunDescription.Application}
   */
  public static void applicationStarted(Map<String, String> app, Map<String, String> conf)
      throws Exception {
    if (HOME == Attachment.class) {
      start(new RunDescription.Application(app, conf));
    } else {
      method("applicationStarted", Map.class, Map.class).invoke(null, app, conf);
    }
  }

  private static void start(RunDescription.Application app) {
    Bridge.INSTANCE.applicationStarted(app);
    if (Bridge.INSTANCE.isWatching()) {
      ListenerQueue.addSoon(app.id);
    }
  }

  /** The application of a listener ends. */
  public static void applicationEnded(Object listener) throws Exception {
    if (HOME == Attachment.class) {
      Bridge.INSTANCE.applicationEnded(listener);
    } else {
      method("applicationEnded", Object.class).invoke(null, listener);
    }
  }

  /** A listener got an event. */
  public static void event(Object listener, Object event) throws Exception {
    if (HOME == Attachment.class) {
      Bridge.INSTANCE.event(listener, event);
    } else {
      HomeEvent.METHOD.invoke(null, listener, event);
    }
  }

  /** Looked up once, since every task has an event. */
  private static final class HomeEvent {
    static final Method METHOD = find();

    private static Method find() {
      try {
        return method("event", Object.class, Object.class);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Whether this copy of the bridge has hooks in the classes of this JVM. */
  public static boolean isHooked() {
    return Bridge.INSTANCE.isHooked();
  }

  private static Method method(String name, Class<?>... parameters) throws Exception {
    return HOME.getMethod(name, parameters);
  }

  private static Class<?> home() {
    try {
      return Class.forName(Attachment.class.getName(), true, ClassLoader.getSystemClassLoader());
    } catch (Throwable t) {
      return Attachment.class;
    }
  }
}
