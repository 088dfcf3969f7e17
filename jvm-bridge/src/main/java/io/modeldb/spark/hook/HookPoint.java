package io.modeldb.spark.hook;

/**
 * The method shapes that are advised, and the codes by which advised code names them.
 *
 * <p>The codes are baked into transformed classes, so they are constants rather than an enum: an
 * advised class must need nothing but {@link Hook} to link.
 */
public final class HookPoint {
  public static final int FIT = 1;
  public static final int TRANSFORM = 2;
  public static final int EVALUATE = 3;

  /** {@code copy(ParamMap)}: a copied model is still the model of the same fit. */
  static final int COPY = 4;

  /** A constructor of SparkContext. */
  static final int CONTEXT = 5;

  /** Where spark-submit finds out what the user's program threw. */
  static final int MAIN = 6;

  static final String DATASET_ARGUMENT = "(Lorg/apache/spark/sql/Dataset;)";
  static final String PARAM_MAP_ARGUMENT = "(Lorg/apache/spark/ml/param/ParamMap;)";
  static final String CONTEXT_CLASS = "org/apache/spark/SparkContext";
  static final String MAIN_CLASS = "org/apache/spark/deploy/SparkSubmit";

  private HookPoint() {}

  /** The point that a method of {@code owner} is, or 0. */
  static int of(String owner, String name, String descriptor) {
    if (descriptor.startsWith(DATASET_ARGUMENT)) {
      String result = descriptor.substring(DATASET_ARGUMENT.length());
      if (name.equals("fit") && result.startsWith("L")) {
        return FIT;
      }
      if (name.equals("transform") && result.equals("Lorg/apache/spark/sql/Dataset;")) {
        return TRANSFORM;
      }
      if (name.equals("evaluate") && result.equals("D")) {
        return EVALUATE;
      }
      return 0;
    }
    if (descriptor.startsWith(PARAM_MAP_ARGUMENT)) {
      boolean object = descriptor.charAt(PARAM_MAP_ARGUMENT.length()) == 'L';
      return name.equals("copy") && object ? COPY : 0;
    }
    if (owner.equals(CONTEXT_CLASS) && name.equals("<init>")) {
      return CONTEXT;
    }
    // Called after the program has ended, so that a hook that comes while it runs is in time.
    if (owner.equals(MAIN_CLASS)
        && name.startsWith("findCause")
        && descriptor.equals("(Ljava/lang/Throwable;)Ljava/lang/Throwable;")) {
      return MAIN;
    }
    return 0;
  }
}
