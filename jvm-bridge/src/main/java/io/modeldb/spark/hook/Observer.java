package io.modeldb.spark.hook;

/**
 * What the hooks report to. Only JDK types, so that hooks link in any class loader.
 *
 * <p>Implementations may throw: {@link Hook} lets nothing out.
 */
public interface Observer {
  /**
   * A method of {@link HookPoint} begins.
   *
   * @param argument its argument; for a getter its name; else null
   * @return what {@link #exit} or {@link #fail} is given, or null when nothing is to be recorded
   */
  Object enter(int point, Object self, Object argument);

  /** It returned; a number comes boxed, and null where it returns nothing. */
  void exit(Object token, Object result);

  void fail(Object token, Throwable error);

  void copied(Object original, Object copy);

  /** A component gave the writer by which it can be saved. */
  void writes(Object component, Object writer);

  void contextCreated(Object context);

  /** A context, or what holds it, is about to be stopped; told by each of them. */
  void contextStopping(Object context);

  void mainFailed(Throwable error);

  /** Something of ours failed inside a hook. */
  void hookFailed();
}
