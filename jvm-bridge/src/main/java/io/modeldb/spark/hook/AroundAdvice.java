package io.modeldb.spark.hook;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Inlines {@code token = Hook.enter(..); try { body } catch (Throwable t) { Hook.fail(..); throw t;
 * }} and {@code Hook.exit(..)} before each return.
 *
 * <p>The token lives in a new local behind all others, and the handler's frame knows of nothing but
 * the token. So every frame can be written without asking how classes relate, which would mean to
 * load them, and nothing of the class's shape changes, which retransformation forbids.
 */
final class AroundAdvice extends MethodVisitor {
  private final MethodPoints.Point point;
  private final int token;
  private final boolean frames;
  private final Label start = new Label();
  private final Label end = new Label();
  private final Label handler = new Label();

  /**
   * @param frames whether the class file's version has stack map frames
   */
  AroundAdvice(MethodVisitor next, MethodPoints.Point point, boolean frames) {
    super(Opcodes.ASM9, next);
    this.point = point;
    this.token = point.maxLocals; // the method's first free local
    this.frames = frames;
  }

  @Override
  public void visitCode() {
    super.visitCode();
    super.visitIntInsn(Opcodes.BIPUSH, point.code);
    super.visitVarInsn(Opcodes.ALOAD, 0);
    pushArgument();
    call("enter", "(ILjava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;");
    super.visitVarInsn(Opcodes.ASTORE, token);
    super.visitLabel(start);
  }

  /** What the hook is told beside the object: the method's argument, or a getter's name. */
  private void pushArgument() {
    boolean none = point.descriptor.startsWith("()");
    if (point.code == HookPoint.GETTER) {
      super.visitLdcInsn(point.name);
      if (!none) {
        super.visitVarInsn(Opcodes.DLOAD, 1);
        call("measure", "(Ljava/lang/String;D)Ljava/lang/String;");
      }
    } else if (none) {
      super.visitInsn(Opcodes.ACONST_NULL);
    } else {
      super.visitVarInsn(Opcodes.ALOAD, 1);
    }
  }

  @Override
  public void visitInsn(int opcode) {
    if (opcode == Opcodes.ARETURN) {
      super.visitInsn(Opcodes.DUP);
      super.visitVarInsn(Opcodes.ALOAD, token);
      super.visitInsn(Opcodes.SWAP);
      call("exit", "(Ljava/lang/Object;Ljava/lang/Object;)V");
    } else if (opcode == Opcodes.DRETURN) {
      super.visitInsn(Opcodes.DUP2);
      super.visitVarInsn(Opcodes.ALOAD, token);
      super.visitInsn(Opcodes.DUP_X2);
      super.visitInsn(Opcodes.POP);
      call("exit", "(Ljava/lang/Object;D)V");
    } else if (opcode == Opcodes.RETURN) {
      super.visitVarInsn(Opcodes.ALOAD, token);
      super.visitInsn(Opcodes.ACONST_NULL);
      call("exit", "(Ljava/lang/Object;Ljava/lang/Object;)V");
    }
    super.visitInsn(opcode);
  }

  @Override
  public void visitFrame(int type, int localCount, Object[] local, int stackCount, Object[] stack) {
    Object[] extended = new Object[token + 1];
    int entries = 0;
    int slots = 0;
    for (; entries < localCount; entries++) {
      extended[entries] = local[entries];
      slots += local[entries] == Opcodes.LONG || local[entries] == Opcodes.DOUBLE ? 2 : 1;
    }
    for (; slots < token; slots++) {
      extended[entries++] = Opcodes.TOP;
    }
    extended[entries++] = "java/lang/Object";
    super.visitFrame(type, entries, extended, stackCount, stack);
  }

  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    super.visitLabel(end);
    // Last in the table, so that the method's own handlers come first.
    super.visitTryCatchBlock(start, end, handler, null);
    super.visitLabel(handler);
    if (frames) {
      Object[] locals = new Object[token + 1];
      java.util.Arrays.fill(locals, Opcodes.TOP);
      locals[token] = "java/lang/Object";
      super.visitFrame(
          Opcodes.F_NEW, locals.length, locals, 1, new Object[] {"java/lang/Throwable"});
    }
    super.visitInsn(Opcodes.DUP);
    super.visitVarInsn(Opcodes.ALOAD, token);
    super.visitInsn(Opcodes.SWAP);
    call("fail", "(Ljava/lang/Object;Ljava/lang/Throwable;)V");
    super.visitInsn(Opcodes.ATHROW);
    super.visitMaxs(maxStack, maxLocals);
  }

  private void call(String name, String descriptor) {
    super.visitMethodInsn(Opcodes.INVOKESTATIC, Hook.INTERNAL_NAME, name, descriptor, false);
  }
}
