package io.modeldb.spark.capture;

import io.modeldb.spark.delivery.ArtifactUpload;
import io.modeldb.spark.delivery.ArtifactUpload.Receipt;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Copies what the job saved into the warehouse, one after the other on a thread of its own, and
 * tells of each when its copy is there, or was given up.
 */
public final class ArtifactCopies {
  private static final int MAX_WAITING = 100;
  private static final long COPY_LIMIT = TimeUnit.MINUTES.toNanos(10);
  private static final String NOT_COPIED = "artifact_not_copied";

  private final Run run;
  private final ArtifactUpload upload;
  private final Deque<StoredModel> waiting = new ArrayDeque<>();
  private StoredModel current;
  private Thread thread;
  private volatile boolean finished;

  public ArtifactCopies(Run run, ArtifactUpload upload) {
    this.run = run;
    this.upload = upload;
  }

  /** False when it is not going to be copied; then the caller tells of it. */
  synchronized boolean offer(StoredModel saved) {
    if (finished || waiting.size() >= MAX_WAITING || saved.configuration() == null) {
      run.counts().add(NOT_COPIED, 1);
      return false;
    }
    if (thread == null) {
      thread = new Thread(this::copyAll, "modeldb-artifacts");
      thread.setDaemon(true);
      thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
      thread.start();
    }
    waiting.addLast(saved);
    notifyAll();
    return true;
  }

  /** Waits so long for copies that are not there yet, then gives them up and tells of them. */
  public void finish(long nanos) {
    long deadline = System.nanoTime() + nanos;
    synchronized (this) {
      try {
        while (hasWork() && System.nanoTime() - deadline < 0) {
          TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, deadline - System.nanoTime()));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      finished = true;
      if (current != null) {
        tell(current, null);
      }
      for (StoredModel saved : waiting) {
        tell(saved, null);
      }
      waiting.clear();
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  private boolean hasWork() {
    return current != null || !waiting.isEmpty();
  }

  private void copyAll() {
    try {
      while (!finished) {
        StoredModel next = next();
        Receipt receipt = null;
        try {
          receipt = copy(next);
        } catch (InterruptedException e) {
          return;
        } catch (Throwable t) {
          // Counted below.
        } finally {
          ended(next, receipt);
        }
      }
    } catch (InterruptedException e) {
      // The run is over.
    }
  }

  private synchronized StoredModel next() throws InterruptedException {
    while (waiting.isEmpty()) {
      wait();
    }
    current = waiting.removeFirst();
    return current;
  }

  private synchronized void ended(StoredModel saved, Receipt receipt) {
    tell(saved, receipt);
    current = null;
    notifyAll();
  }

  private Receipt copy(StoredModel saved) throws Exception {
    long deadline = System.nanoTime() + COPY_LIMIT;
    return upload.send(
        new HadoopDirectory(saved.path(), saved.configuration()),
        () -> finished || System.nanoTime() - deadline > 0);
  }

  private void tell(StoredModel saved, Receipt receipt) {
    if (!saved.claim()) {
      return;
    }
    if (receipt == null) {
      run.counts().add(NOT_COPIED, 1);
    } else {
      saved.copied(receipt.bytes, receipt.sha256);
    }
    run.offer(saved);
  }
}
