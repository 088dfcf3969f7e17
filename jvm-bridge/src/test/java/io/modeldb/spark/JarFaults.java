package io.modeldb.spark;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/** What is wrong with a jar that is to go on any driver's class path; nothing, in a good one. */
final class JarFaults {
  static final long MAX_BYTES = 3 << 20;
  private static final int JAVA_8 = 52;

  private JarFaults() {}

  static List<String> of(File file) throws IOException {
    List<String> faults = new ArrayList<>();
    if (file.length() >= MAX_BYTES) {
      faults.add("too large: " + file.length() + " bytes");
    }
    try (JarFile jar = new JarFile(file)) {
      List<JarEntry> entries =
          jar.stream().filter(entry -> !entry.isDirectory()).collect(Collectors.toList());
      for (JarEntry entry : entries) {
        String name = entry.getName();
        if (!name.startsWith("io/modeldb/spark/") && !name.equals("META-INF/MANIFEST.MF")) {
          faults.add("not ours, or not relocated: " + name);
        }
        if (name.endsWith(".class")) {
          try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
            addFaults(name, in, faults);
          }
        }
      }
    }
    return faults;
  }

  /** Reads a class file's version and the texts of its constant pool. */
  private static void addFaults(String name, DataInputStream in, List<String> faults)
      throws IOException {
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
        // Scala's collections changed their types between 2.12 and 2.13.
        if (text.contains("scala/collection")) {
          faults.add(name + ": " + text);
        }
        if (text.contains("com/google/protobuf")
            || text.contains("org/objectweb/asm")
            || text.contains("io/modeldb/proto")) {
          faults.add(name + ": not relocated: " + text);
        }
      } else if (tag == 5 || tag == 6) {
        in.readLong();
        i++;
      } else {
        skip(in, tag);
      }
    }
  }

  private static void skip(DataInputStream in, int tag) throws IOException {
    boolean twoBytes = tag == 7 || tag == 8 || tag == 16 || tag == 19 || tag == 20;
    in.readFully(new byte[twoBytes ? 2 : tag == 15 ? 3 : 4]);
  }
}
