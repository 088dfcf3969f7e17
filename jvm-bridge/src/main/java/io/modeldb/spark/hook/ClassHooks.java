package io.modeldb.spark.hook;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Adds the hooks to classes as they are loaded.
 *
 * <p>Whatever cannot be advised safely is left as it is: a class that does not parse, one whose
 * loader does not see {@link Hook}, a method that would grow too large.
 */
public final class ClassHooks implements ClassFileTransformer {
  private final Map<ClassLoader, Boolean> seesHook =
      Collections.synchronizedMap(new WeakHashMap<>());

  @Override
  public byte[] transform(
      ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
    try {
      if (loader == null || name == null || !ClassScan.mayHavePoint(name, bytes)) {
        return null;
      }
      return seesHook(loader) ? advise(bytes) : null;
    } catch (Throwable t) {
      Hook.countError();
      return null;
    }
  }

  /**
   * Whether a class that is loaded already may have something to advise.
   *
   * <p>Frames of a class that run while it is transformed lose their line numbers, in stack traces
   * and in Spark's call sites. So no class is taken on a mere suspicion, a user's main class least
   * of all; SparkContext's constructor runs, and its listeners are there already.
   */
  public static boolean concerns(Class<?> loaded) {
    if (loaded.getClassLoader() == null || loaded.isArray()) {
      return false;
    }
    String name = loaded.getName().replace('.', '/');
    if (ClassScan.isNamed(name)) {
      return !name.equals(HookPoint.CONTEXT_CLASS);
    }
    if (ClassScan.isExcluded(name)) {
      return false;
    }
    for (Class<?> c = loaded; c != null; c = c.getSuperclass()) {
      if (c.getName().startsWith("org.apache.spark.ml.")) {
        return true;
      }
    }
    return false;
  }

  /** The advised class, or null when there is nothing to advise in it. */
  static byte[] advise(byte[] bytes) {
    ClassReader reader = new ClassReader(bytes);
    MethodPoints points = MethodPoints.of(reader);
    if (points.isEmpty()) {
      return null;
    }
    // COMPUTE_MAXS follows the code only; COMPUTE_FRAMES would ask for classes' ancestors.
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(new Advised(writer, points), ClassReader.EXPAND_FRAMES);
    return writer.toByteArray();
  }

  private boolean seesHook(ClassLoader loader) {
    Boolean known = seesHook.get(loader);
    if (known == null) {
      known = loader == Hook.class.getClassLoader() || findsHook(loader);
      seesHook.put(loader, known);
    }
    return known;
  }

  private static boolean findsHook(ClassLoader loader) {
    try {
      Class.forName(Hook.class.getName(), false, loader);
      return true;
    } catch (Throwable t) {
      return false;
    }
  }

  private static final class Advised extends ClassVisitor {
    private final MethodPoints points;

    Advised(ClassVisitor next, MethodPoints points) {
      super(Opcodes.ASM9, next);
      this.points = points;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
      MethodPoints.Point point = points.at(name, descriptor);
      if (point == null) {
        return next;
      }
      switch (point.code) {
        case HookPoint.COPY:
        case HookPoint.CONTEXT:
        case HookPoint.WRITE:
        case HookPoint.MAIN:
          return new ExitAdvice(next, point.code);
        case HookPoint.STOP:
          return new StopAdvice(next);
        case HookPoint.ID:
          return new IdAdvice(next, points.owner());
        default:
          return new AroundAdvice(next, point, points.hasFrames());
      }
    }
  }
}
