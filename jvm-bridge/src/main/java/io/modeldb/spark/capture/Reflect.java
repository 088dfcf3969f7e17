package io.modeldb.spark.capture;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Calls public methods whose descriptor differs between Spark or Scala versions, or whose owner
 * does. Whatever goes wrong, the answer is null.
 */
public final class Reflect {
  private static final Object NONE = new Object();

  private static final ClassValue<ConcurrentMap<String, Object>> METHODS =
      new ClassValue<ConcurrentMap<String, Object>>() {
        @Override
        protected ConcurrentMap<String, Object> computeValue(Class<?> type) {
          return new ConcurrentHashMap<>();
        }
      };

  private Reflect() {}

  /** {@code target.name()}. */
  public static Object call(Object target, String name) {
    if (target == null) {
      return null;
    }
    Method method = method(target.getClass(), name, name);
    return method == null ? null : invoke(method, target);
  }

  /** {@code target.name(argument)}. */
  public static Object call(Object target, String name, int argument) {
    if (target == null) {
      return null;
    }
    Method method = method(target.getClass(), name + "(int)", name, int.class);
    return method == null ? null : invoke(method, target, argument);
  }

  /** {@code target.name(argument)}, where the parameter is declared as {@code type}. */
  public static Object call(Object target, String name, Class<?> type, Object argument) {
    if (target == null) {
      return null;
    }
    Method method = method(target.getClass(), name + "(" + type.getName() + ")", name, type);
    return method == null ? null : invoke(method, target, argument);
  }

  /** Whether there is a {@code target.name()}. */
  public static boolean has(Object target, String name) {
    return method(target.getClass(), name, name) != null;
  }

  private static Object invoke(Method method, Object target, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }

  private static Method method(Class<?> type, String key, String name, Class<?>... parameters) {
    ConcurrentMap<String, Object> known = METHODS.get(type);
    Object method = known.get(key);
    if (method == null) {
      Method found = find(type, name, parameters);
      method = found == null ? NONE : found;
      known.put(key, method);
    }
    return method == NONE ? null : (Method) method;
  }

  /** A method of a class that is public itself: one of a hidden class cannot be called. */
  private static Method find(Class<?> type, String name, Class<?>... parameters) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      Method found = declaredInPublic(c, name, parameters);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static Method declaredInPublic(Class<?> type, String name, Class<?>... parameters) {
    try {
      if (Modifier.isPublic(type.getModifiers())) {
        return type.getMethod(name, parameters);
      }
    } catch (NoSuchMethodException | LinkageError e) {
      // Perhaps an interface of it has the method.
    }
    for (Class<?> i : type.getInterfaces()) {
      Method found = declaredInPublic(i, name, parameters);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
