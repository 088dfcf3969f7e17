package io.modeldb.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What must hold of the jar that users put on their drivers. */
class BridgeJarIT {
  private static final long MAX_BYTES = 3 << 20;
  private static final int JAVA_8 = 52;

  private final File file = new File(System.getProperty("bridge.jar"));

  @Test
  void isSmall() {
    assertTrue(file.length() > 0 && file.length() < MAX_BYTES, file.length() + " bytes");
  }

  @Test
  void namesItsAgent() throws IOException {
    try (JarFile jar = new JarFile(file)) {
      String agent = jar.getManifest().getMainAttributes().getValue("Premain-Class");
      assertEquals("io.modeldb.spark.ModelDBAgent", agent);
    }
  }

  @Test
  void bringsNothingUnderAnyOtherName() throws IOException {
    List<String> foreign;
    try (JarFile jar = new JarFile(file)) {
      foreign =
          jar.stream()
              .filter(entry -> !entry.isDirectory())
              .map(entry -> entry.getName())
              .filter(name -> !name.startsWith("io/modeldb/spark/"))
              .filter(name -> !name.equals("META-INF/MANIFEST.MF"))
              .collect(Collectors.toList());
    }
    assertEquals(Collections.emptyList(), foreign);
  }

  @Test
  void runsOnJava8AndEveryScala() throws IOException {
    List<String> wrong = new ArrayList<>();
    try (JarFile jar = new JarFile(file)) {
      List<String> classes =
          jar.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.endsWith(".class"))
              .collect(Collectors.toList());
      for (String name : classes) {
        try (DataInputStream in = new DataInputStream(jar.getInputStream(jar.getEntry(name)))) {
          wrong.addAll(faults(name, in));
        }
      }
      assertTrue(classes.size() > 100, classes.size() + " classes");
    }
    assertEquals(Collections.emptyList(), wrong);
  }

  /** Reads a class file's version and the texts of its constant pool. */
  private static List<String> faults(String name, DataInputStream in) throws IOException {
    List<String> faults = new ArrayList<>();
    in.readInt();
    in.readUnsignedShort();
    int version = in.readUnsignedShort();
    if (version > JAVA_8) {
      faults.add(name + ": class file version " + version);
    }
    int count = in.readUnsignedShort();
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      if (tag == 1) {
        String text = in.readUTF();
        // Scala collections changed their types between 2.12 and 2.13.
        if (text.contains("scala/collection")) {
          faults.add(name + ": " + text);
        }
        if (text.contains("com/google/protobuf") || text.contains("org/objectweb/asm")) {
          faults.add(name + ": not relocated: " + text);
        }
      } else if (tag == 5 || tag == 6) {
        in.readLong();
        i++;
      } else {
        skip(in, tag);
      }
    }
    return faults;
  }

  private static void skip(DataInputStream in, int tag) throws IOException {
    boolean twoBytes = tag == 7 || tag == 8 || tag == 16 || tag == 19 || tag == 20;
    in.readFully(new byte[twoBytes ? 2 : tag == 15 ? 3 : 4]);
  }
}
