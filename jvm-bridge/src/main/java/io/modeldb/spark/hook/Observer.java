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
   * @return what {@link #exit} or {@link #fail} is given, or null when nothing is to be recorded
   */
  Object enter(int point, Object self, Object dataset);

  /** It returned; an evaluator's value comes boxed. */
  void exit(Object token, Object result);

  void fail(Object token, Throwable error);

  void copied(Object original, Object copy);

  void contextCreated(Object context);

  void mainFailed(Throwable error);

  /** Something of ours failed inside a hook. */
  void hookFailed();
}
