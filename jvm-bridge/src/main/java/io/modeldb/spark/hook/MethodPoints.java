package io.modeldb.spark.hook;

import java.util.HashMap;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** The methods of one class that are to be advised, found by a first pass over its bytes. */
final class MethodPoints extends ClassVisitor {
  /** What to do with a method. */
  static final class Point {
    final int code;
    final String name;
    final String descriptor;
    final int maxLocals;

    Point(int code, String name, String descriptor, int maxLocals) {
      this.code = code;
      this.name = name;
      this.descriptor = descriptor;
      this.maxLocals = maxLocals;
    }
  }

  private final Map<String, Point> points = new HashMap<>();
  private String owner;
  private String parent;
  private int version;

  private MethodPoints() {
    super(Opcodes.ASM9);
  }

  static MethodPoints of(ClassReader reader) {
    MethodPoints points = new MethodPoints();
    reader.accept(points, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return points;
  }

  boolean isEmpty() {
    return points.isEmpty();
  }

  String owner() {
    return owner;
  }

  /** The point at this method, or null. */
  Point at(String name, String descriptor) {
    return points.get(name + descriptor);
  }

  /** Frames came with Java 6; before Java 7 the JVM falls back to verification without them. */
  boolean hasFrames() {
    return version >= Opcodes.V1_6;
  }

  @Override
  public void visit(
      int version, int access, String name, String signature, String parent, String[] interfaces) {
    this.version = version & 0xffff;
    this.owner = name;
    this.parent = parent == null ? "" : parent;
  }

  @Override
  public MethodVisitor visitMethod(
      int access, String name, String descriptor, String signature, String[] exceptions) {
    int unwanted = Opcodes.ACC_ABSTRACT | Opcodes.ACC_STATIC | Opcodes.ACC_NATIVE;
    int code = (access & unwanted) != 0 ? 0 : HookPoint.of(owner, parent, name, descriptor);
    // A bridge calls the method; only for writers the bridge has the shape that is known.
    if (code == 0 || (access & Opcodes.ACC_BRIDGE) != 0 && code != HookPoint.WRITE) {
      return null;
    }
    return new MethodVisitor(Opcodes.ASM9) {
      @Override
      public void visitMaxs(int maxStack, int maxLocals) {
        points.put(name + descriptor, new Point(code, name, descriptor, maxLocals));
      }
    };
  }
}
