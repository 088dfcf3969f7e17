package io.modeldb.spark.hook;

import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Lets a hook count where Spark gives the next number: see {@link OwnIds}. */
final class IdAdvice extends MethodVisitor {
  private static final String ATOMIC = "java/util/concurrent/atomic/Atomic";

  private final String owner;

  IdAdvice(MethodVisitor next, String owner) {
    super(Opcodes.ASM9, next);
    this.owner = owner;
  }

  @Override
  public void visitMethodInsn(
      int opcode, String of, String name, String descriptor, boolean isInterface) {
    boolean counts =
        name.equals("getAndIncrement")
            && (of.equals(ATOMIC + "Integer") || of.equals(ATOMIC + "Long"));
    if (counts) {
      OwnIds.covered(owner);
      String result = descriptor.substring(descriptor.indexOf(')') + 1);
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC, Hook.INTERNAL_NAME, "nextId", "(L" + of + ";)" + result, false);
    } else {
      super.visitMethodInsn(opcode, of, name, descriptor, isInterface);
    }
  }
}
