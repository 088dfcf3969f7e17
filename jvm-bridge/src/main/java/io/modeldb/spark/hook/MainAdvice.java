package io.modeldb.spark.hook;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Tells a hook what the user's main program threw, and throws it on. */
final class MainAdvice extends MethodVisitor {
  private final boolean frames;
  private final Label start = new Label();
  private final Label end = new Label();
  private final Label handler = new Label();

  MainAdvice(MethodVisitor next, boolean frames) {
    super(Opcodes.ASM9, next);
    this.frames = frames;
  }

  @Override
  public void visitCode() {
    super.visitCode();
    super.visitLabel(start);
  }

  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    super.visitLabel(end);
    super.visitTryCatchBlock(start, end, handler, null);
    super.visitLabel(handler);
    if (frames) {
      super.visitFrame(Opcodes.F_NEW, 0, new Object[0], 1, new Object[] {"java/lang/Throwable"});
    }
    super.visitInsn(Opcodes.DUP);
    super.visitMethodInsn(
        Opcodes.INVOKESTATIC, Hook.INTERNAL_NAME, "mainFailed", "(Ljava/lang/Throwable;)V", false);
    super.visitInsn(Opcodes.ATHROW);
    super.visitMaxs(maxStack, maxLocals);
  }
}
