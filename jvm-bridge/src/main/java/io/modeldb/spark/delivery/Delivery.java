package io.modeldb.spark.delivery;

import com.google.protobuf.ByteString;
import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.Producer;
import io.modeldb.proto.v1.PushRequest;
import io.modeldb.proto.v1.PushResponse;
import io.modeldb.proto.v1.SyncRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * Brings events to the agent, on one daemon thread.
 *
 * <p>Whoever offers an event never waits. While the agent is away, events rest in memory up to a
 * limit, then in the spool up to another, then the queue fills and drops, counted by reason.
 *
 * <p>The monitor of {@code outbox} guards it and the step from queue to outbox; it is never held
 * during a call to the agent, so that a flush whose time is over can spool what is on its way.
 */
public final class Delivery implements Runnable {
  private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long IDLE_SYNC = TimeUnit.SECONDS.toNanos(10);
  private static final long BUILD_LIMIT = TimeUnit.MILLISECONDS.toNanos(500);

  /** What a flush keeps of its time for spooling. */
  private static final long SPOOLING = TimeUnit.MILLISECONDS.toNanos(250);

  private static final int MAX_EVENT = 2 << 20;
  private static final int MAX_COUNT = 10_000;
  private static final long MAX_BYTES = 8L << 20;

  private final EventQueue queue = new EventQueue(MAX_COUNT, MAX_BYTES);
  private final Outbox outbox;
  private final DeliverySettings settings;
  private final AgentClient client;
  private final DeliveryLog log;
  private final Backoff backoff = new Backoff();

  private final ObjIntConsumer<String> count;
  private final AtomicInteger flushes = new AtomicInteger();

  private volatile boolean retryNow;
  private volatile boolean absent;
  private boolean started;

  // The delivery thread's own.
  private boolean roomless;
  private boolean connected;
  private boolean afterGap;
  private long retryAt = System.nanoTime();
  private long lastContact = System.nanoTime() - IDLE_SYNC;

  /**
   * @param warn where lines for the user go
   * @param count is told how many events were lost, and why
   */
  public Delivery(
      DeliverySettings settings,
      Producer producer,
      Consumer<String> warn,
      ObjIntConsumer<String> count) {
    Spool spool = new Spool(settings.spoolDirectory(), producer.getId());
    this.outbox = new Outbox(producer, spool);
    this.settings = settings;
    this.client = new AgentClient(settings.agent, settings.connectMillis, settings.readMillis);
    this.log = new DeliveryLog(settings.agent, settings.spoolDir, warn);
    this.count = count;
  }

  /** Sends files to the same agent, as the same producer. */
  public ArtifactUpload artifactUpload() {
    return new ArtifactUpload(settings, outbox.producer());
  }

  /** Hands an event over; false when it was dropped. Its {@code dropped} is told then. */
  public boolean offer(PendingEvent event) {
    if (queue.offer(event)) {
      return true;
    }
    event.dropped("queue_full");
    return false;
  }

  public synchronized void start() {
    if (started) {
      return;
    }
    started = true;
    Thread thread = new Thread(this, "modeldb-delivery");
    thread.setDaemon(true);
    // Neither a user's class loader nor their thread's context may live on in this thread.
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    thread.start();
  }

  /**
   * Delivers all that was offered so far, or spools it when the time is nearly over or nobody
   * listens. Returns within the time, give or take one write to disk.
   *
   * @return whether the agent has acked everything
   */
  public boolean flush(long nanos) {
    long now = System.nanoTime();
    long deadline = now + nanos;
    long giveUp = deadline - Math.min(SPOOLING, nanos / 2);
    boolean delivered = false;
    flushes.incrementAndGet();
    try {
      absent = false;
      retryNow = true;
      queue.wake();
      synchronized (outbox) {
        while (!(delivered = isDelivered()) && !absent && giveUp > System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(outbox, Math.max(1, giveUp - System.nanoTime()));
        }
        if (!delivered) {
          spoolEverything(deadline);
        }
      }
    } catch (InterruptedException e) {
      synchronized (outbox) {
        spoolEverything(deadline);
      }
      Thread.currentThread().interrupt();
    } finally {
      flushes.decrementAndGet();
    }
    return delivered;
  }

  /** The spool file if anything is in it, else null. */
  public Path spooled() {
    synchronized (outbox) {
      return outbox.spool().isEmpty() ? null : outbox.spool().path();
    }
  }

  @Override
  public void run() {
    while (true) {
      try {
        step();
      } catch (InterruptedException e) {
        return;
      } catch (Throwable t) {
        log.internalError(t);
        try {
          Thread.sleep(100);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  private void step() throws InterruptedException {
    PushRequest head;
    synchronized (outbox) {
      fill(System.nanoTime() + BUILD_LIMIT, false);
      head = headOrNull();
      if (isDelivered()) {
        outbox.notifyAll();
      }
    }
    long now = System.nanoTime();
    long idleAt = lastContact + IDLE_SYNC;
    boolean due = head != null || now - idleAt >= 0;
    if (due && retryNow) {
      backoff.reset();
      retryAt = now;
      retryNow = false;
    }
    if (due && now - retryAt >= 0) {
      call(head);
      return;
    }
    long wait = due ? retryAt - now : Math.max(retryAt, idleAt) - now;
    long seal = nanosToSeal(now);
    if (seal >= 0) {
      wait = Math.min(wait, seal);
    }
    queue.await(Math.max(wait, TimeUnit.MILLISECONDS.toNanos(1)), roomless);
  }

  /** Nanoseconds until the batch that is being filled is to be sealed; -1 when there is none. */
  private long nanosToSeal(long now) {
    synchronized (outbox) {
      long since = outbox.fillingSince();
      return since == -1 ? -1 : Math.max(0, since + LINGER - now);
    }
  }

  /** Moves events from the queue into batches, as far as there is room and time for them. */
  private void fill(long deadline, boolean all) {
    roomless = false;
    while (all || System.nanoTime() - deadline < 0) {
      if (!outbox.hasRoom() && !makeRoom()) {
        roomless = true;
        break;
      }
      PendingEvent pending = queue.poll();
      if (pending == null) {
        break;
      }
      long now = System.nanoTime();
      long limit = now + BUILD_LIMIT;
      build(pending, all && deadline - limit < 0 ? deadline : limit, now);
    }
    long since = outbox.fillingSince();
    if (since != -1 && (flushes.get() > 0 || System.nanoTime() - since >= LINGER)) {
      outbox.seal();
    }
  }

  private boolean makeRoom() {
    try {
      int left = outbox.spoolAll();
      if (left == 0) {
        return true;
      }
      log.spoolFull(left);
    } catch (IOException | RuntimeException e) {
      log.spoolFailed(e);
    }
    return false;
  }

  private void build(PendingEvent pending, long deadline, long now) {
    try {
      pending.build(deadline, event -> add(pending, event, now));
    } catch (Throwable t) {
      pending.dropped("event_not_built");
    }
  }

  private void add(PendingEvent pending, Event event, long now) {
    ByteString bytes = event.toByteString();
    if (bytes.size() > MAX_EVENT) {
      pending.dropped("event_too_large");
    } else {
      outbox.add(bytes, now);
    }
  }

  private PushRequest headOrNull() {
    try {
      return outbox.head();
    } catch (IOException e) {
      log.spoolFailed(e);
      return null;
    }
  }

  private void call(PushRequest head) {
    try {
      if (!connected || head == null) {
        SyncRequest sync =
            SyncRequest.newBuilder().setProducer(outbox.producer()).setAckedSeq(ackedSeq()).build();
        acked(client.sync(sync).getAckedSeq());
        connected = true;
        if (head == null) {
          recovered();
        }
        return; // what is first in line may have changed
      }
      PushResponse answer = client.push(head);
      acked(answer.getAckedSeq());
      if (answer.getLostTo() != 0) {
        log.lost(answer.getLostFrom(), answer.getLostTo());
      }
      recovered();
    } catch (AgentException e) {
      failed(head, e);
    }
  }

  private long ackedSeq() {
    synchronized (outbox) {
      return outbox.acked();
    }
  }

  private void acked(long seq) {
    lastContact = System.nanoTime();
    synchronized (outbox) {
      try {
        outbox.acked(seq);
      } catch (IOException e) {
        log.spoolFailed(e);
      }
      if (isDelivered()) {
        outbox.notifyAll();
      }
    }
  }

  private void recovered() {
    afterGap = false;
    backoff.reset();
    log.answered();
  }

  private void failed(PushRequest head, AgentException e) {
    if (e.kind() == AgentException.Kind.REFUSED && connected && head != null) {
      refused(head, e);
      return;
    }
    connected = false;
    if (e.kind() == AgentException.Kind.GAP && !afterGap) {
      afterGap = true;
      return; // Sync at once, and only then wait
    }
    log.unavailable(e);
    retryAt = System.nanoTime() + backoff.nextNanos();
    if (e.kind() == AgentException.Kind.ABSENT) {
      synchronized (outbox) {
        absent = true;
        outbox.notifyAll();
      }
    }
  }

  private void refused(PushRequest batch, AgentException e) {
    recovered();
    lastContact = System.nanoTime();
    log.refused(batch, e);
    count.accept("refused", batch.getEventsCount());
    synchronized (outbox) {
      try {
        outbox.refused(batch.getSeq());
      } catch (IOException io) {
        log.spoolFailed(io);
      }
      outbox.notifyAll();
    }
  }

  private boolean isDelivered() {
    return queue.isEmpty() && outbox.isEmpty();
  }

  private void spoolEverything(long deadline) {
    fill(deadline, true);
    try {
      int left = outbox.spoolAll();
      if (outbox.spool().path() != null) {
        log.spooled(outbox.spool().path());
      }
      if (left > 0) {
        log.spoolFull(left);
      }
    } catch (IOException | RuntimeException e) {
      log.spoolFailed(e);
    }
  }
}
