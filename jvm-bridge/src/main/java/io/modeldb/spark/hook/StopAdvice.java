package io.modeldb.spark.hook;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Calls a hook before a SparkContext begins to stop. */
final class StopAdvice extends MethodVisitor {
  StopAdvice(MethodVisitor next) {
    super(Opcodes.ASM9, next);
  }

  @Override
  public void visitCode() {
    super.visitCode();
    super.visitVarInsn(Opcodes.ALOAD, 0);
    super.visitMethodInsn(
        Opcodes.INVOKESTATIC,
        Hook.INTERNAL_NAME,
        "contextStopping",
        "(Ljava/lang/Object;)V",
        false);
  }
}
