package io.modeldb.spark.capture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.StageInfo;

/**
 * Counts fits and evaluations that nothing but the call sites of Spark's jobs shows, so that what
 * is not captured is not silent: many without hooks, and none with them unless Spark has changed.
 *
 * <p>A job's call site is that of its last stage. Stages before it have the place where their RDD
 * was made, which may be in a fit that ended long ago.
 *
 * <p>A call site has names, no objects. A call at one place counts again when the job by which it
 * was first known comes again; calls that run no job, or one that has lost its call site, are not
 * known at all. So the counts are what is known to be missing, not more.
 */
public final class UnseenCalls {
  private static final String ML = "org.apache.spark.ml.";

  /** Solvers inside of estimators, which have a method fit too. */
  private static final String SOLVERS = "org.apache.spark.ml.optim.";

  private static final int MAX_PLACES = 1000;
  private static final int MAX_NAMES = 50;
  private static final int MAX_NAME = 100;

  /** What no frame starts with. */
  private static final String NONE = "(";

  /** A call of fit or evaluate in a job's stack, from its frame outwards. */
  private static final class Call {
    /** E.g. "LogisticRegression.fit". */
    final String name;

    /** Whatever is outside, by its digest. */
    final long place;

    Call(String name, long place) {
      this.name = name;
      this.place = place;
    }
  }

  /** A place in the program from which jobs came. */
  private static final class Place {
    final String name;
    final int firstStack;
    boolean anotherStack;
    boolean anotherStackSince;

    /** How often the first job came again, while no other job of the place is known. */
    long perhaps;

    Place(String name, int firstStack) {
      this.name = name;
      this.firstStack = firstStack;
    }

    /** Whether this job shows that the place is called again. */
    boolean again(int stack) {
      if (stack != firstStack) {
        anotherStack = true;
        anotherStackSince = true;
        perhaps = 0; // they were several of one call
        return false;
      }
      boolean again = anotherStackSince;
      anotherStackSince = false;
      if (!anotherStack) {
        perhaps++;
      }
      return again;
    }
  }

  private final Run run;
  private final Map<Long, Place> places = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private Place last;

  public UnseenCalls(Run run) {
    this.run = run;
  }

  /**
   * Takes any event of Spark's.
   *
   * @param events what captures instead of hooks; null where there are hooks
   */
  public void on(Object event, MlEventCapture events) {
    if (event instanceof SparkListenerJobStart) {
      SparkListenerJobStart start = (SparkListenerJobStart) event;
      Properties properties = start.properties();
      if (!WorkEvents.isOwn(properties) && WorkEvents.mark(properties) == null) {
        job(callSite(start), events);
      }
    }
  }

  /** The stack of a job's last stage, which has the highest number. */
  private static String callSite(SparkListenerJobStart start) {
    StageInfo last = null;
    for (Object each : Plans.list(Reflect.call(start, "stageInfos"))) {
      StageInfo stage = (StageInfo) each;
      if (last == null || stage.stageId() > last.stageId()) {
        last = stage;
      }
    }
    return last == null ? null : last.details();
  }

  synchronized void job(String stack, MlEventCapture events) {
    List<Call> calls = calls(stack);
    if (last != null && (calls.isEmpty() || places.get(calls.get(0).place) != last)) {
      settle();
    }
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      if (events != null && events.isOpen(call.name)) {
        return; // and so is what it is inside of, or that was counted with another job
      }
      Place place = places.get(call.place);
      if (place == null) {
        place = new Place(call.name, stack.hashCode());
        if (places.size() < MAX_PLACES) {
          places.put(call.place, place);
        }
        count(call.name, 1);
      } else if (i == 0 && place.again(stack.hashCode())) {
        // What is outside has jobs of many calls: no telling when it comes again.
        count(call.name, 1);
      }
      last = i == 0 ? place : last;
    }
  }

  /** The program has gone on to something else, or has ended. */
  public synchronized void settle() {
    if (last != null && last.perhaps > 0) {
      count(last.name, last.perhaps);
      last.perhaps = 0;
    }
    last = null;
  }

  private void count(String name, long n) {
    boolean room = names.size() < MAX_NAMES || names.contains(name);
    if (room) {
      names.add(name);
    }
    run.counts().add("unseen:" + (room ? name : "other"), n);
  }

  /** The calls in a stack, innermost first. */
  static List<Call> calls(String stack) {
    if (stack == null || !stack.contains(ML)) {
      return Collections.emptyList();
    }
    List<Call> calls = new ArrayList<>();
    String trainer = null;
    String overload = NONE;
    int start = 0;
    while (start < stack.length()) {
      int end = stack.indexOf('\n', start);
      int next = end < 0 ? stack.length() : end + 1;
      String frame = stack.substring(start, end < 0 ? next : end).trim();
      int parenthesis = frame.indexOf('(');
      int dot = parenthesis < 0 ? -1 : frame.lastIndexOf('.', parenthesis);
      if (dot > 0) {
        String type = frame.substring(0, dot);
        String method = frame.substring(dot + 1, parenthesis);
        if (method.equals("train")) {
          trainer = type;
        } else if (isComponent(type) && (method.equals("fit") || method.equals("evaluate"))) {
          // The base class has the method, the class that it is called on comes inside it.
          boolean base = type.equals(ML + "Predictor") && trainer != null;
          String name = simple(base ? trainer : type) + "." + method;
          if (!frame.startsWith(overload)) {
            calls.add(new Call(name, 31L * stack.substring(start).hashCode() + name.hashCode()));
          }
          // Overloads, and the bridge methods of generics, call each other.
          overload = frame.substring(0, parenthesis + 1);
          trainer = null;
        } else {
          overload = NONE;
        }
      }
      start = next;
    }
    return calls;
  }

  private static boolean isComponent(String type) {
    return type.startsWith(ML) && !type.startsWith(SOLVERS);
  }

  private static String simple(String type) {
    return Texts.cut(type.substring(type.lastIndexOf('.') + 1), MAX_NAME);
  }
}
