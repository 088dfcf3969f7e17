package io.modeldb.spark.capture;

/**
 * What each thread is inside of.
 *
 * <p>A thread that is made inside an operation, such as a worker of CrossValidator's pool, starts
 * inside it. Pools outlive operations, so an operation counts only while it is open.
 */
final class OperationStack {
  private static final InheritableThreadLocal<Operation> TOP = new InheritableThreadLocal<>();

  private OperationStack() {}

  /** The innermost operation of this thread that is open, or null. */
  static Operation top() {
    Operation top = TOP.get();
    if (top == null || top.open) {
      return top;
    }
    while (top != null && !top.open) {
      top = top.parent;
    }
    restore(top);
    return top;
  }

  static void push(Operation operation) {
    TOP.set(operation);
  }

  /** Lets a thread of ours call the user's objects without being seen; to be restored. */
  static Operation pushIgnored(Run run) {
    Operation before = top();
    push(new Operation(run, Operation.Kind.EVALUATE, null, null, before, 0, true));
    return before;
  }

  /** Puts back what was there before a push. */
  static void restore(Operation operation) {
    if (operation == null) {
      TOP.remove();
    } else {
      TOP.set(operation);
    }
  }
}
