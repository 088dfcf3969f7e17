package io.modeldb.spark.hook;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Calls a hook before each return, where neither the start nor a failure is of interest. */
final class ExitAdvice extends MethodVisitor {
  private final int point;

  ExitAdvice(MethodVisitor next, int point) {
    super(Opcodes.ASM9, next);
    this.point = point;
  }

  @Override
  public void visitInsn(int opcode) {
    if (opcode == Opcodes.ARETURN && point == HookPoint.COPY) {
      super.visitInsn(Opcodes.DUP);
      super.visitVarInsn(Opcodes.ALOAD, 0);
      super.visitInsn(Opcodes.SWAP);
      call("copied", "(Ljava/lang/Object;Ljava/lang/Object;)V");
    } else if (opcode == Opcodes.ARETURN && point == HookPoint.WRITE) {
      super.visitInsn(Opcodes.DUP);
      super.visitVarInsn(Opcodes.ALOAD, 0);
      super.visitInsn(Opcodes.SWAP);
      call("writes", "(Ljava/lang/Object;Ljava/lang/Object;)V");
    } else if (opcode == Opcodes.ARETURN && point == HookPoint.MAIN) {
      super.visitInsn(Opcodes.DUP);
      call("mainFailed", "(Ljava/lang/Throwable;)V");
    } else if (opcode == Opcodes.RETURN && point == HookPoint.CONTEXT) {
      super.visitVarInsn(Opcodes.ALOAD, 0);
      call("contextCreated", "(Ljava/lang/Object;)V");
    }
    super.visitInsn(opcode);
  }

  private void call(String name, String descriptor) {
    super.visitMethodInsn(Opcodes.INVOKESTATIC, Hook.INTERNAL_NAME, name, descriptor, false);
  }
}
