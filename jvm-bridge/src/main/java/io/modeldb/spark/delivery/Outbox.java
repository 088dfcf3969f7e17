package io.modeldb.spark.delivery;

import com.google.protobuf.ByteString;
import io.modeldb.proto.v1.Producer;
import io.modeldb.proto.v1.PushRequest;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Batches that no agent has acked, in order: the spooled ones, then those in memory, then the one
 * that is being filled.
 *
 * <p>Invariants: spooled batches are numbered; of those in memory at most the first is; once a
 * batch was sent its number and content stay until it is acked or refused. Only one batch is ever
 * on its way, so all behind it are unknown to any agent. Not thread safe: callers hold its monitor.
 */
final class Outbox {
  /** What memory may hold before batches go to the spool. */
  static final long MAX_MEMORY = 8L << 20;

  private final Producer producer;
  private final Spool spool;
  private final Deque<Batch> memory = new ArrayDeque<>();
  private long memoryBytes;
  private Batch filling;
  private long nextSeq = 1;
  private long acked;

  Outbox(Producer producer, Spool spool) {
    this.producer = producer;
    this.spool = spool;
  }

  boolean isEmpty() {
    return filling == null && memory.isEmpty() && spool.isEmpty();
  }

  boolean hasRoom() {
    return memoryBytes < MAX_MEMORY;
  }

  boolean hasSealed() {
    return !spool.isEmpty() || !memory.isEmpty();
  }

  /** When the batch that is being filled was begun, or -1 when there is none. */
  long fillingSince() {
    return filling == null ? -1 : filling.openedNanos();
  }

  long acked() {
    return acked;
  }

  Producer producer() {
    return producer;
  }

  Spool spool() {
    return spool;
  }

  void add(ByteString event, long nowNanos) {
    if (filling != null && !filling.hasRoomFor(event)) {
      seal();
    }
    if (filling == null) {
      filling = new Batch(nowNanos);
    }
    filling.add(event);
  }

  void seal() {
    if (filling != null) {
      memory.addLast(filling);
      memoryBytes += filling.bytes();
      filling = null;
    }
  }

  /** The batch to send now, numbered; null when there is none. */
  PushRequest head() throws IOException {
    if (!spool.isEmpty()) {
      return spool.first().toBuilder().setAckedSeq(acked).build();
    }
    Batch first = memory.peekFirst();
    if (first == null) {
      return null;
    }
    number(first);
    return first.request(producer, acked);
  }

  void acked(long upTo) throws IOException {
    acked = Math.max(acked, Math.min(upTo, nextSeq - 1));
    while (!spool.isEmpty() && spool.firstSeq() <= acked) {
      spool.removeFirst();
    }
    while (!memory.isEmpty()
        && memory.peekFirst().seq() != 0
        && memory.peekFirst().seq() <= acked) {
      forgetFirst();
    }
  }

  /** Takes a batch out that no agent will ever take; its number goes to the next. */
  void refused(long seq) throws IOException {
    if (!spool.isEmpty() && spool.firstSeq() == seq) {
      spool.refuseFirst();
      nextSeq--;
    } else if (!memory.isEmpty() && memory.peekFirst().seq() == seq) {
      forgetFirst();
      nextSeq = seq;
    }
  }

  /**
   * Moves to the spool what it has room for.
   *
   * @return how many events stay in memory because it had not
   */
  int spoolAll() throws IOException {
    seal();
    while (!memory.isEmpty()) {
      Batch first = memory.peekFirst();
      boolean neverSent = first.seq() == 0;
      number(first);
      if (!spool.append(first.request(producer, acked))) {
        if (neverSent) {
          first.number(0);
          nextSeq--;
        }
        break;
      }
      forgetFirst();
    }
    int left = 0;
    for (Batch batch : memory) {
      left += batch.count();
    }
    return left;
  }

  private void number(Batch batch) {
    if (batch.seq() == 0) {
      batch.number(nextSeq++);
    }
  }

  private void forgetFirst() {
    memoryBytes -= memory.removeFirst().bytes();
  }
}
