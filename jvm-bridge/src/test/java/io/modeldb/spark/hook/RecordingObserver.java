package io.modeldb.spark.hook;

import java.util.ArrayList;
import java.util.List;

/** Keeps what it is told as lines. */
final class RecordingObserver implements Observer {
  final List<String> lines = new ArrayList<>();
  boolean throwing;
  private int tokens;

  @Override
  public Object enter(int point, Object self, Object argument) {
    if (throwing) {
      throw new NoSuchMethodError("a hook that fails");
    }
    Integer token = ++tokens;
    String given = argument == null ? "" : " " + argument;
    lines.add("enter " + point + " " + nameOf(self) + given + " #" + token);
    return token;
  }

  @Override
  public void exit(Object token, Object result) {
    lines.add("exit #" + token + " " + result);
  }

  @Override
  public void fail(Object token, Throwable error) {
    lines.add("fail #" + token + " " + error.getMessage());
  }

  @Override
  public void copied(Object original, Object copy) {
    lines.add("copied " + copy);
  }

  @Override
  public void writes(Object component, Object writer) {
    lines.add("writes " + nameOf(component) + " " + nameOf(writer));
  }

  @Override
  public void contextCreated(Object context) {}

  @Override
  public void contextStopping(Object context) {
    lines.add("stopping " + context);
  }

  @Override
  public void mainFailed(Throwable error) {}

  @Override
  public void hookFailed() {
    lines.add("hook failed");
  }

  /** getSimpleName asks the outer class, which another loader has. */
  private static String nameOf(Object object) {
    String name = object.getClass().getName();
    return name.substring(Math.max(name.lastIndexOf('.'), name.indexOf('$')) + 1);
  }
}
