package io.modeldb.spark;

import io.modeldb.proto.v1.Producer;
import io.modeldb.spark.capture.ArtifactCopies;
import io.modeldb.spark.capture.HookCapture;
import io.modeldb.spark.capture.MlEventCapture;
import io.modeldb.spark.capture.Run;
import io.modeldb.spark.capture.UnseenCalls;
import io.modeldb.spark.capture.WorkEvents;
import io.modeldb.spark.delivery.Delivery;
import io.modeldb.spark.delivery.DeliverySettings;
import io.modeldb.spark.delivery.PendingEvent;
import io.modeldb.spark.hook.Observer;
import io.modeldb.spark.sampling.SampleSettings;
import io.modeldb.spark.sampling.Sampler;
import java.util.UUID;

/**
 * The one place in a JVM where hooks and listeners meet, however many of them there are.
 *
 * <p>Spark has at most one live context per JVM, so there is at most one run that is open.
 */
final class Bridge implements Observer {
  static final Bridge INSTANCE = new Bridge();

  private static final String VERSION = version();

  /** How hooks came into this JVM's classes; null while they have none. */
  private volatile String hookedBy;

  private volatile Watched watched;
  private Delivery delivery;
  private DeliverySettings target;

  /** The open run and what watches it. */
  private static final class Watched {
    final Run run;
    final String applicationId;
    final boolean byHooks;
    final Settings settings;
    final Delivery delivery;
    final UnseenCalls unseen;
    MlEventCapture events;
    ArtifactCopies copies;
    Sampler sampler;
    private volatile Object eventSource;

    /** What stopping the context took already of the time that a flush may take. */
    private volatile long waitedNanos;

    Watched(Run run, String applicationId, boolean byHooks, Settings settings, Delivery delivery) {
      this.run = run;
      this.unseen = new UnseenCalls(run);
      this.applicationId = applicationId;
      this.byHooks = byHooks;
      this.settings = settings;
      this.delivery = delivery;
    }

    void closeSampler() {
      if (sampler != null) {
        sampler.close();
      }
    }

    /** Whether this listener's events count: those of the first that has any. */
    boolean listensTo(Object source) {
      if (eventSource == null) {
        synchronized (this) {
          if (eventSource == null) {
            eventSource = source;
          }
        }
      }
      return eventSource == source;
    }
  }

  private Bridge() {}

  /**
   * Hooks are about to be installed. Says whether they may be: once is enough.
   *
   * @param by "javaagent" or "self"
   */
  synchronized boolean hooksInstalled(String by) {
    if (hookedBy != null) {
      return false;
    }
    hookedBy = by;
    return true;
  }

  boolean isHooked() {
    return hookedBy != null;
  }

  // What hooks tell.

  @Override
  public Object enter(int point, Object self, Object argument) {
    Watched w = watched;
    return w == null || !w.byHooks ? null : HookCapture.enter(w.run, point, self, argument);
  }

  @Override
  public void exit(Object token, Object result) {
    HookCapture.exit(token, result);
  }

  @Override
  public void fail(Object token, Throwable error) {
    HookCapture.fail(token, error);
  }

  @Override
  public void copied(Object original, Object copy) {
    Watched w = watched;
    if (w != null && w.byHooks) {
      HookCapture.copied(w.run, original, copy);
    }
  }

  @Override
  public void writes(Object component, Object writer) {
    Watched w = watched;
    if (w != null && w.byHooks) {
      HookCapture.writes(w.run, component, writer);
    }
  }

  @Override
  public void contextCreated(Object context) {
    ContextStart.of(context);
  }

  /**
   * A context is about to be stopped: its last chance to run jobs. What waits to be sampled has
   * half of the time that a flush may take, and the flush has the rest.
   */
  @Override
  public void contextStopping(Object context) {
    Watched w = watched;
    if (w == null || w.sampler == null || w.waitedNanos != 0) {
      return; // One way of stopping calls the next.
    }
    long began = System.nanoTime();
    w.waitedNanos = 1;
    w.sampler.await(w.settings.flushNanos / 2);
    w.waitedNanos = Math.max(1, System.nanoTime() - began);
  }

  @Override
  public void mainFailed(Throwable error) {
    Watched w = watched;
    if (w != null) {
      w.run.failed(error);
    }
  }

  @Override
  public void hookFailed() {
    Watched w = watched;
    if (w != null) {
      w.run.counts().add("hook_error", 1);
    }
  }

  // What listeners tell.

  /** An application runs now. Told by every way of attaching; only the first counts. */
  synchronized void applicationStarted(RunDescription.Application app) {
    Watched current = watched;
    if (current != null) {
      if (current.applicationId.equals(app.id)) {
        return;
      }
      current.closeSampler();
      if (current.copies != null) {
        current.copies.finish(0);
      }
      current.run.end(); // its end was never told
    }
    Settings settings = new Settings(app.conf::get, Warnings::warn);
    if (settings.capture == Settings.Capture.OFF) {
      watched = null;
      return;
    }
    CaptureMode mode = CaptureMode.of(settings.capture, hookedBy, app.captureNote);
    if (mode.isUnable()) {
      Warnings.warn("spark.modeldb.capture is agent, but " + mode.note);
    }
    Delivery to = deliveryFor(settings.delivery);
    Run run = new Run(UUID.randomUUID().toString(), (PendingEvent event) -> to.offer(event));
    if (app.client.equals("connect")) {
      run.servesConnect();
    }
    run.withhold(settings.samples.excluded()::has);
    Watched next = new Watched(run, app.id, mode.byHooks, settings, to);
    if (settings.artifacts == Settings.Artifacts.COPY) {
      next.copies = new ArtifactCopies(run, to.artifactUpload());
      run.copyArtifactsBy(next.copies);
    }
    if (mode.byEvents()) {
      next.events = new MlEventCapture(run);
    }
    if (settings.samples.mode() != SampleSettings.Mode.OFF) {
      next.sampler = new Sampler(run, settings.samples);
      run.sampleBy(next.sampler);
    }
    run.start(() -> RunDescription.of(app, settings, mode));
    watched = next;
    to.start();
  }

  boolean isWatching() {
    return watched != null;
  }

  /** An event of Spark's, from one of perhaps several listeners of ours: only one counts. */
  void event(Object source, Object event) {
    Watched w = watched;
    if (w == null || !w.listensTo(source)) {
      return;
    }
    w.run.writes().on(event);
    if (w.sampler != null) {
      w.sampler.on(event);
    }
    if (w.byHooks) {
      WorkEvents.take(w.run.work(), event);
    }
    w.unseen.on(event, w.events);
    if (w.events != null && event.getClass().getName().startsWith("org.apache.spark.ml.")) {
      w.events.on(event);
    }
  }

  /**
   * A listener is about to get a queue and a thread of its own, where it harms nobody: unless
   * another one has got events already, it is the one that counts. Says whether it is.
   */
  boolean prefer(Object source, String applicationId) {
    Watched w = watched;
    return w != null && w.applicationId.equals(applicationId) && w.listensTo(source);
  }

  /** The application ends; waits for delivery as long as the settings allow. */
  void applicationEnded(Object source) {
    Watched w = watched;
    if (w == null) {
      return;
    }
    if (!w.listensTo(source)) {
      // The listener that counts may have events before this one in its queue.
      awaitEnd(w);
    }
    end(false);
  }

  /** The JVM ends. Spark's own hook, which stops the context, runs at the same time. */
  void jvmEnds() {
    Watched w = watched;
    if (w == null) {
      return;
    }
    awaitEnd(w);
    end(true);
  }

  /** Waits for somebody else to end it, for half the time that a flush may take. */
  private void awaitEnd(Watched w) {
    long deadline = System.nanoTime() + w.settings.flushNanos / 2;
    try {
      while (watched == w && System.nanoTime() - deadline < 0) {
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(boolean halfTime) {
    Watched w = watched;
    if (w == null || w.run.hasEnded()) {
      return;
    }
    long limit = halfTime ? w.settings.flushNanos / 2 : w.settings.flushNanos;
    long deadline = System.nanoTime() + Math.max(limit / 4, limit - w.waitedNanos);
    w.closeSampler();
    if (w.copies != null) {
      // Most of the time; the rest is for telling of them.
      w.copies.finish((deadline - System.nanoTime()) / 4 * 3);
    }
    w.unseen.settle();
    if (!w.run.end()) {
      return;
    }
    w.delivery.flush(Math.max(0, deadline - System.nanoTime()));
    synchronized (this) {
      if (watched == w) {
        watched = null;
      }
    }
  }

  /** The producer goes on from run to run, unless the next one goes elsewhere. */
  private Delivery deliveryFor(DeliverySettings wanted) {
    if (delivery == null || !wanted.sameTarget(target)) {
      Producer producer =
          Producer.newBuilder()
              .setId(UUID.randomUUID().toString())
              .setKind("spark-bridge")
              .setVersion(VERSION)
              .build();
      if (delivery == null) {
        addShutdownHook();
      }
      target = wanted;
      delivery = new Delivery(wanted, producer, Warnings::warn, this::count);
    }
    return delivery;
  }

  private void count(String reason, int n) {
    Watched w = watched;
    if (w != null) {
      w.run.counts().add(reason, n);
    }
  }

  private void addShutdownHook() {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(this::jvmEndsSafely, "modeldb-shutdown"));
    } catch (IllegalStateException e) {
      // The JVM is ending already.
    }
  }

  private void jvmEndsSafely() {
    try {
      jvmEnds();
    } catch (Throwable t) {
      // Nothing of ours may disturb the end of the JVM.
    }
  }

  private static String version() {
    Package own = Bridge.class.getPackage();
    String version = own == null ? null : own.getImplementationVersion();
    return version == null ? "0.0.0" : version;
  }
}
