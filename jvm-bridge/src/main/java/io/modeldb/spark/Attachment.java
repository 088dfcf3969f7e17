package io.modeldb.spark;

import java.lang.reflect.Method;
import java.util.Map;

/**
 * Brings listeners to the bridge that counts.
 *
 * <p>With {@code spark.driver.userClassPathFirst} a listener from {@code --jars} is another copy of
 * these classes than that of {@code -javaagent}. The system class loader's copy has the hooks, so
 * the others hand over to it, by JDK types only.
 */
public final class Attachment {
  private static final Class<?> HOME = home();

  private Attachment() {}

  static void applicationStarted(RunDescription.Application app) throws Exception {
    if (HOME == Attachment.class) {
      start(app);
      return;
    }
    method("applicationStarted", String.class, String.class, String.class, String.class, Map.class)
        .invoke(null, app.id, app.name, app.user, app.sparkVersion, app.conf);
  }

  /** For another copy of this class. */
  public static void applicationStarted(
      String id, String name, String user, String sparkVersion, Map<String, String> conf) {
    RunDescription.Application app = new RunDescription.Application();
    app.id = id;
    app.name = name;
    app.user = user;
    app.sparkVersion = sparkVersion;
    app.conf = conf;
    start(app);
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
