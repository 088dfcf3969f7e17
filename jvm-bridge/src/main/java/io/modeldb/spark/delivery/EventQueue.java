package io.modeldb.spark.delivery;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bounded queue between the user's threads and the delivery thread.
 *
 * <p>An offer never waits for room. A quarter of the room is kept for essential events.
 */
final class EventQueue {
  private final int maxCount;
  private final long maxBytes;
  private final ArrayDeque<PendingEvent> events = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private long bytes;
  private boolean wake;

  EventQueue(int maxCount, long maxBytes) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
  }

  /** False when there is no room for it. */
  boolean offer(PendingEvent event) {
    int size = event.size();
    lock.lock();
    try {
      int countLimit = event.essential() ? maxCount : maxCount - maxCount / 4;
      long bytesLimit = event.essential() ? maxBytes : maxBytes - maxBytes / 4;
      if (events.size() >= countLimit || bytes + size > bytesLimit) {
        return false;
      }
      events.addLast(event);
      bytes += size;
      if (events.size() == 1) {
        woken.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  PendingEvent poll() {
    lock.lock();
    try {
      PendingEvent event = events.pollFirst();
      if (event != null) {
        bytes -= event.size();
      }
      return event;
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return events.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for an event or {@link #wake}, at most so long; only for a wake when told so. */
  void await(long nanos, boolean ignoreEvents) throws InterruptedException {
    long left = nanos;
    lock.lock();
    try {
      while (left > 0 && !wake && (ignoreEvents || events.isEmpty())) {
        left = woken.awaitNanos(left);
      }
      wake = false;
    } finally {
      lock.unlock();
    }
  }

  void wake() {
    lock.lock();
    try {
      wake = true;
      woken.signal();
    } finally {
      lock.unlock();
    }
  }
}
