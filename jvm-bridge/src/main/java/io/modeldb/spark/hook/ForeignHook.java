package io.modeldb.spark.hook;

import java.lang.reflect.Method;

/**
 * Joins two copies of the bridge in one JVM.
 *
 * <p>With {@code spark.driver.userClassPathFirst} the classes of {@code --jars} are loaded apart
 * from those of {@code -javaagent}. Both reach the system class loader, so the copy there is the
 * one that counts and any other copy hands over to it.
 */
final class ForeignHook implements Observer {
  private final Method enter;
  private final Method exit;
  private final Method fail;
  private final Method copied;
  private final Method writes;
  private final Method contextCreated;
  private final Method contextStopping;
  private final Method mainFailed;

  private ForeignHook(Class<?> hook) throws NoSuchMethodException {
    enter = hook.getMethod("enter", int.class, Object.class, Object.class);
    exit = hook.getMethod("exit", Object.class, Object.class);
    fail = hook.getMethod("fail", Object.class, Throwable.class);
    copied = hook.getMethod("copied", Object.class, Object.class);
    writes = hook.getMethod("writes", Object.class, Object.class);
    contextCreated = hook.getMethod("contextCreated", Object.class);
    contextStopping = hook.getMethod("contextStopping", Object.class);
    mainFailed = hook.getMethod("mainFailed", Throwable.class);
  }

  /** The system class loader's copy, or null when this is it or there is none. */
  static Observer find() {
    try {
      ClassLoader system = ClassLoader.getSystemClassLoader();
      if (system == ForeignHook.class.getClassLoader()) {
        return null;
      }
      Class<?> hook = Class.forName(Hook.class.getName(), true, system);
      return hook == Hook.class ? null : new ForeignHook(hook);
    } catch (Throwable t) {
      return null;
    }
  }

  @Override
  public Object enter(int point, Object self, Object argument) {
    return call(enter, point, self, argument);
  }

  @Override
  public void exit(Object token, Object result) {
    call(exit, token, result);
  }

  @Override
  public void fail(Object token, Throwable error) {
    call(fail, token, error);
  }

  @Override
  public void copied(Object original, Object copy) {
    call(copied, original, copy);
  }

  @Override
  public void writes(Object component, Object writer) {
    call(writes, component, writer);
  }

  @Override
  public void contextCreated(Object context) {
    call(contextCreated, context);
  }

  @Override
  public void contextStopping(Object context) {
    call(contextStopping, context);
  }

  @Override
  public void mainFailed(Throwable error) {
    call(mainFailed, error);
  }

  @Override
  public void hookFailed() {}

  private static Object call(Method method, Object... arguments) {
    try {
      return method.invoke(null, arguments);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
