import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import org.apache.xbean.asm9.ClassReader;
import org.apache.xbean.asm9.ClassVisitor;
import org.apache.xbean.asm9.ClassWriter;
import org.apache.xbean.asm9.MethodVisitor;
import org.apache.xbean.asm9.Opcodes;

/** Somebody else's Java agent: says on standard error that Pipeline.fit was called. */
public final class OtherAgent implements ClassFileTransformer {
  private static final String FIT = "(Lorg/apache/spark/sql/Dataset;)";

  public static void premain(String arguments, Instrumentation instrumentation) {
    instrumentation.addTransformer(new OtherAgent(), true);
  }

  public static void called() {
    System.err.println("other agent: Pipeline.fit");
  }

  @Override
  public byte[] transform(
      ClassLoader loader, String name, Class<?> old, ProtectionDomain domain, byte[] bytes) {
    if (!"org/apache/spark/ml/Pipeline".equals(name)) {
      return null;
    }
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(new FitVisitor(writer), 0);
    return writer.toByteArray();
  }

  private static final class FitVisitor extends ClassVisitor {
    FitVisitor(ClassVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
      boolean bridge = (access & Opcodes.ACC_BRIDGE) != 0;
      if (!name.equals("fit") || !descriptor.startsWith(FIT) || bridge) {
        return next;
      }
      return new MethodVisitor(Opcodes.ASM9, next) {
        @Override
        public void visitCode() {
          super.visitCode();
          super.visitMethodInsn(Opcodes.INVOKESTATIC, "OtherAgent", "called", "()V", false);
        }
      };
    }
  }
}
