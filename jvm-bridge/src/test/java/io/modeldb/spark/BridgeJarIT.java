package io.modeldb.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** What must hold of the jar that users put on their drivers; and that it would be seen if not. */
class BridgeJarIT {
  private final File file = new File(System.getProperty("bridge.jar"));

  @TempDir Path directory;

  @Test
  void hasNoFault() throws IOException {
    assertEquals(Collections.emptyList(), JarFaults.of(file));
    try (JarFile jar = new JarFile(file)) {
      long classes = jar.stream().filter(entry -> entry.getName().endsWith(".class")).count();
      assertTrue(classes > 100, classes + " classes");
    }
  }

  @Test
  void namesItsAgents() throws IOException {
    try (JarFile jar = new JarFile(file)) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertEquals("io.modeldb.spark.ModelDBAgent", manifest.getValue("Premain-Class"));
      assertEquals("io.modeldb.spark.ModelDBAgent", manifest.getValue("Agent-Class"));
      assertEquals("true", manifest.getValue("Can-Retransform-Classes"));
    }
  }

  @Test
  void aLargeJarIsSeen() throws IOException {
    byte[] noise = new byte[(int) JarFaults.MAX_BYTES];
    new Random(1).nextBytes(noise);
    check("too large: ", "io/modeldb/spark/noise.bin", noise);
  }

  @Test
  void aForeignPackageIsSeen() throws IOException {
    check("not ours, or not relocated: com/google/A", "com/google/A.class", type(52, "()V"));
  }

  @Test
  void aForeignResourceIsSeen() throws IOException {
    check("not ours, or not relocated: ", "META-INF/services/java.sql.Driver", new byte[] {'A'});
  }

  @Test
  void aNewerClassFileIsSeen() throws IOException {
    checkClass("class file version 55", type(55, "()V"));
  }

  @Test
  void aScalaCollectionIsSeen() throws IOException {
    checkClass("()Lscala/collection/Seq;", type(52, "()Lscala/collection/Seq;"));
  }

  @Test
  void aReferenceThatWasNotRelocatedIsSeen() throws IOException {
    checkClass("not relocated: ", type(52, "()Lcom/google/protobuf/Message;"));
    checkClass("not relocated: ", type(52, "()Lorg/objectweb/asm/Label;"));
  }

  private void checkClass(String fault, byte[] type) throws IOException {
    check("io/modeldb/spark/A.class: " + fault, "io/modeldb/spark/A.class", type);
  }

  /** A jar with this entry has this fault, and no other. */
  private void check(String fault, String entry, byte[] content) throws IOException {
    File bad = directory.resolve("bad.jar").toFile();
    try (JarOutputStream out = new JarOutputStream(new FileOutputStream(bad))) {
      out.putNextEntry(new JarEntry(entry));
      out.write(content);
      out.closeEntry();
    }
    List<String> faults = JarFaults.of(bad);
    assertEquals(1, faults.size(), faults.toString());
    assertTrue(faults.get(0).startsWith(fault), faults.toString());
  }

  /** A class file with a method that calls one of this descriptor. */
  private static byte[] type(int version, String descriptor) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    writer.visit(version, Opcodes.ACC_PUBLIC, "A", null, "java/lang/Object", null);
    MethodVisitor method = writer.visitMethod(Opcodes.ACC_STATIC, "m", "()V", null, null);
    method.visitCode();
    method.visitMethodInsn(Opcodes.INVOKESTATIC, "B", "n", descriptor, false);
    method.visitInsn(Opcodes.RETURN);
    method.visitMaxs(0, 0);
    method.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }
}
