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

  /** {@code model.evaluate(Dataset)}, which gives a summary to be asked for values. */
  public static final int SUMMARISE = 7;

  /** A value of a summary. */
  public static final int GETTER = 8;

  /** {@code MLWriter.save(String)}. */
  public static final int SAVE = 9;

  /** {@code MLReader.load(String)}. */
  public static final int LOAD = 10;

  /** {@code write()}, which gives a writer for a component. */
  static final int WRITE = 11;

  /** From here on, what our Python package tells of calls that PySpark runs in Python. */
  public static final int PYTHON_FIT = 100;

  public static final int PYTHON_TRANSFORM = 101;
  public static final int PYTHON_EVALUATE = 102;

  /** A thread that was made inside such a call. */
  public static final int PYTHON_THREAD = 103;

  /** What the program calls a dataset. */
  public static final int PYTHON_NAME = 104;

  /** What stops a context: the last moment at which it can run a job. */
  static final int STOP = 20;

  /** What gives the next number of an RDD, or of an expression. */
  static final int ID = 21;

  static final String DATASET_ARGUMENT = "(Lorg/apache/spark/sql/Dataset;)";
  static final String PARAM_MAP_ARGUMENT = "(Lorg/apache/spark/ml/param/ParamMap;)";
  static final String ML = "org/apache/spark/ml/";

  /** What the names of MLWriter, MLReader and MLWritable begin with. */
  static final String READ_WRITE = ML + "util/ML";

  private static final String WRITER = "()Lorg/apache/spark/ml/util/MLWriter;";
  private static final String GENERAL_WRITER = "()Lorg/apache/spark/ml/util/GeneralMLWriter;";
  private static final String PATH_ARGUMENT = "(Ljava/lang/String;)";
  static final String CONTEXT_CLASS = "org/apache/spark/SparkContext";
  static final String MAIN_CLASS = "org/apache/spark/deploy/SparkSubmit";

  /** What numbers expressions. */
  static final String EXPRESSION_CLASS =
      "org/apache/spark/sql/catalyst/expressions/NamedExpression$";

  private HookPoint() {}

  /** Whether a class is one of spark.ml's summaries: their getters have no telling descriptor. */
  static boolean isSummary(String owner) {
    return owner.startsWith(ML)
        && owner.indexOf("Summary", owner.lastIndexOf('/')) > 0
        && (owner.startsWith("classification/", ML.length())
            || owner.startsWith("regression/", ML.length())
            || owner.startsWith("clustering/", ML.length()));
  }

  /**
   * Whether a class is one by which programs stop the context: SparkContext itself may be left as
   * it is, where the hooks come while its constructor runs.
   */
  static boolean stopsContext(String owner) {
    return owner.equals(CONTEXT_CLASS)
        || owner.equals("org/apache/spark/api/java/JavaSparkContext")
        || owner.equals("org/apache/spark/sql/SparkSession")
        || owner.equals("org/apache/spark/sql/classic/SparkSession");
  }

  private static boolean isStop(String name, String descriptor) {
    return (name.equals("stop") && (descriptor.equals("()V") || descriptor.equals("(I)V")))
        || (name.equals("close") && descriptor.equals("()V"));
  }

  /** What spark.ml has in the place of a fit for algorithms whose model is of no use. */
  private static boolean transformsByAnotherName(String owner, String name) {
    return owner.startsWith(ML)
        && (name.equals("assignClusters") || name.equals("findFrequentSequentialPatterns"));
  }

  /** The point that a method of {@code owner} is, or 0. */
  static int of(String owner, String parent, String name, String descriptor) {
    if (descriptor.startsWith(DATASET_ARGUMENT)) {
      String result = descriptor.substring(DATASET_ARGUMENT.length());
      if (name.equals("fit") && result.startsWith("L")) {
        return FIT;
      }
      if (result.equals("Lorg/apache/spark/sql/Dataset;")) {
        return name.equals("transform") || transformsByAnotherName(owner, name) ? TRANSFORM : 0;
      }
      if (name.equals("evaluate") && result.equals("D")) {
        return EVALUATE;
      }
      if (name.equals("evaluate") && result.endsWith("Summary;")) {
        return SUMMARISE;
      }
      return 0;
    }
    if (descriptor.startsWith(PARAM_MAP_ARGUMENT)) {
      boolean object = descriptor.charAt(PARAM_MAP_ARGUMENT.length()) == 'L';
      return name.equals("copy") && object ? COPY : 0;
    }
    if (descriptor.startsWith(PATH_ARGUMENT)) {
      String result = descriptor.substring(PATH_ARGUMENT.length());
      if (name.equals("save") && result.equals("V")) {
        return owner.contains("Writer") || parent.contains("Writer") ? SAVE : 0;
      }
      if (name.equals("load") && result.startsWith("L")) {
        return owner.contains("Reader") || parent.contains("Reader") ? LOAD : 0;
      }
      return 0;
    }
    if (name.equals("write") && (descriptor.equals(WRITER) || descriptor.equals(GENERAL_WRITER))) {
      return WRITE;
    }
    if ((descriptor.equals("()D") || descriptor.equals("(D)D")) && isSummary(owner)) {
      // Scala's own additions have a $ in their names.
      return name.indexOf('$') < 0 ? GETTER : 0;
    }
    if (owner.equals(CONTEXT_CLASS) && name.equals("<init>")) {
      return CONTEXT;
    }
    if (stopsContext(owner) && isStop(name, descriptor)) {
      return STOP;
    }
    if (owner.equals(CONTEXT_CLASS) && name.equals("newRddId")
        || owner.equals(EXPRESSION_CLASS) && name.equals("newExprId")) {
      return ID;
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
