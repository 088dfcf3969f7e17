package io.modeldb.spark.hook;

import java.nio.charset.StandardCharsets;

/**
 * Decides, cheaply, whether a class that is being loaded could have something to advise.
 *
 * <p>A driver loads some twenty thousand classes. Most are excluded by name; of the others only the
 * constant pool is walked, looking for a descriptor that takes one Dataset or one ParamMap, and for
 * the names of readers and writers.
 */
final class ClassScan {
  private static final String[] EXCLUDED = {
    "java/",
    "javax/",
    "jdk/",
    "sun/",
    "com/sun/",
    "scala/",
    "io/modeldb/spark/hook/",
    "io/modeldb/spark/capture/",
    "io/modeldb/spark/delivery/",
    "io/modeldb/spark/sampling/",
    "io/modeldb/spark/shaded/",
    "org/apache/hadoop/",
    "org/apache/parquet/",
    "org/apache/avro/",
    "org/apache/orc/",
    "org/apache/hive/",
    "org/apache/arrow/",
    "org/apache/commons/",
    "org/apache/logging/",
    "org/apache/ivy/",
    "org/apache/xbean/",
    "org/apache/zookeeper/",
    "org/apache/curator/",
    "org/sparkproject/",
    "org/slf4j/",
    "org/json4s/",
    "org/codehaus/janino/",
    "org/codehaus/commons/",
    "org/glassfish/",
    "org/eclipse/jetty/",
    "org/antlr/",
    "org/datanucleus/",
    "com/google/",
    "com/fasterxml/",
    "com/esotericsoftware/",
    "com/codahale/",
    "io/netty/",
    "io/dropwizard/",
    "breeze/",
    "py4j/",
    "net/razorvine/",
  };

  private static final byte[][] WANTED = {
    HookPoint.DATASET_ARGUMENT.getBytes(StandardCharsets.US_ASCII),
    HookPoint.PARAM_MAP_ARGUMENT.getBytes(StandardCharsets.US_ASCII),
    HookPoint.READ_WRITE.getBytes(StandardCharsets.US_ASCII),
  };

  private ClassScan() {}

  static boolean mayHavePoint(String name, byte[] bytes) {
    return isNamed(name)
        || (!isExcluded(name) && (HookPoint.isSummary(name) || poolHasWanted(bytes)));
  }

  /** Whether it is one of the classes that are known by name. */
  static boolean isNamed(String name) {
    return HookPoint.stopsContext(name)
        || name.equals(HookPoint.MAIN_CLASS)
        || name.equals(HookPoint.EXPRESSION_CLASS);
  }

  static boolean isExcluded(String name) {
    if (name.startsWith("org/apache/spark/")) {
      return !name.startsWith("org/apache/spark/ml/");
    }
    for (String prefix : EXCLUDED) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /** Walks the constant pool (JVM specification 4.4) for a text that starts as wanted. */
  static boolean poolHasWanted(byte[] b) {
    int count = u2(b, 8);
    int at = 10;
    for (int i = 1; i < count; i++) {
      switch (b[at]) {
        case 1: // Utf8
          int length = u2(b, at + 1);
          if (startsAsWanted(b, at + 3, length)) {
            return true;
          }
          at += 3 + length;
          break;
        case 5: // Long and Double take two entries
        case 6:
          at += 9;
          i++;
          break;
        case 7: // Class, String, MethodType, Module, Package
        case 8:
        case 16:
        case 19:
        case 20:
          at += 3;
          break;
        case 15: // MethodHandle
          at += 4;
          break;
        case 3: // Integer, Float, the references, NameAndType, Dynamic, InvokeDynamic
        case 4:
        case 9:
        case 10:
        case 11:
        case 12:
        case 17:
        case 18:
          at += 5;
          break;
        default: // a class file newer than this code
          return false;
      }
    }
    return false;
  }

  private static boolean startsAsWanted(byte[] b, int from, int length) {
    for (byte[] wanted : WANTED) {
      if (length > wanted.length && regionMatches(b, from, wanted)) {
        return true;
      }
    }
    return false;
  }

  private static boolean regionMatches(byte[] b, int from, byte[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (b[from + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  private static int u2(byte[] b, int at) {
    return (b[at] & 0xff) << 8 | b[at + 1] & 0xff;
  }
}
