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
      Bridge.INSTANCE.applicationStarted(app);
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
    Bridge.INSTANCE.applicationStarted(app);
  }

  /** The application of the listeners ends. */
  public static void applicationEnded() throws Exception {
    if (HOME == Attachment.class) {
      Bridge.INSTANCE.applicationEnded();
    } else {
      method("applicationEnded").invoke(null);
    }
  }

  /** A listener got an event. */
  public static void event(Object listener, Object event) throws Exception {
    if (HOME == Attachment.class) {
      Bridge.INSTANCE.event(listener, event);
    } else {
      method("event", Object.class, Object.class).invoke(null, listener, event);
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
