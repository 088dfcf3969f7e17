package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Failure;
import java.lang.reflect.InvocationTargetException;

/** Errors as they travel. */
final class Failures {
  private Failures() {}

  static Failure of(Throwable error) {
    Throwable e = error;
    while (e instanceof InvocationTargetException && e.getCause() != null) {
      e = e.getCause();
    }
    Failure.Builder out = Failure.newBuilder().setErrorClass(e.getClass().getName());
    try {
      out.setMessage(Texts.cut(e.getMessage(), Texts.MAX_TEXT));
    } catch (Throwable t) {
      // A message that cannot be read is no message.
    }
    return out.build();
  }
}
