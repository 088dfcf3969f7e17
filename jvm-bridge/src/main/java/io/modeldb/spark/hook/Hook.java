package io.modeldb.spark.hook;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What advised code calls. Nothing ever leaves these methods but a normal return: they run inside
 * the user's fit.
 */
public final class Hook {
  static final String INTERNAL_NAME = "io/modeldb/spark/hook/Hook";

  private static volatile Observer observer = ForeignHook.find();

  private Hook() {}

  /** Sets who is told; null for nobody. */
  public static void observe(Observer newObserver) {
    observer = newObserver;
  }

  public static Object enter(int point, Object self, Object argument) {
    try {
      Observer o = observer;
      return o == null ? null : o.enter(point, self, argument);
    } catch (Throwable t) {
      countError();
      return null;
    }
  }

  public static void exit(Object token, Object result) {
    if (token == null) {
      return;
    }
    try {
      observer.exit(token, result);
    } catch (Throwable t) {
      countError();
    }
  }

  public static void exit(Object token, double value) {
    if (token == null) {
      return;
    }
    try {
      observer.exit(token, (Double) value);
    } catch (Throwable t) {
      countError();
    }
  }

  public static void fail(Object token, Throwable error) {
    if (token == null) {
      return;
    }
    try {
      observer.fail(token, error);
    } catch (Throwable t) {
      countError();
    }
  }

  public static void copied(Object original, Object copy) {
    try {
      Observer o = observer;
      if (o != null) {
        o.copied(original, copy);
      }
    } catch (Throwable t) {
      countError();
    }
  }

  public static void writes(Object component, Object writer) {
    try {
      Observer o = observer;
      if (o != null) {
        o.writes(component, writer);
      }
    } catch (Throwable t) {
      countError();
    }
  }

  /** The name of what a getter with a parameter, the beta of an F-measure, gives; 1 is usual. */
  public static String measure(String getter, double parameter) {
    try {
      return parameter == 1 ? getter : getter + "(" + parameter + ")";
    } catch (Throwable t) {
      return getter;
    }
  }

  public static void contextCreated(Object context) {
    try {
      Observer o = observer;
      if (o != null) {
        o.contextCreated(context);
      }
    } catch (Throwable t) {
      countError();
    }
  }

  public static void contextStopping(Object context) {
    try {
      Observer o = observer;
      if (o != null) {
        o.contextStopping(context);
      }
    } catch (Throwable t) {
      countError();
    }
  }

  public static void mainFailed(Throwable error) {
    try {
      Observer o = observer;
      if (o != null) {
        o.mainFailed(error);
      }
    } catch (Throwable t) {
      countError();
    }
  }

  public static int nextId(AtomicInteger counter) {
    return OwnIds.next(counter);
  }

  public static long nextId(AtomicLong counter) {
    return OwnIds.next(counter);
  }

  /** Something of ours failed beside a hook, here or in our Python package. */
  public static void countError() {
    try {
      Observer o = observer;
      if (o != null) {
        o.hookFailed();
      }
    } catch (Throwable t) {
      // There is nobody left to tell.
    }
  }
}
