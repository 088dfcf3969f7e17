package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Event;
import io.modeldb.proto.v1.Loaded;
import io.modeldb.proto.v1.Saved;
import io.modeldb.spark.delivery.PendingEvent;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Something that was saved or loaded; which place its path names is found out later, on the
 * delivery thread.
 */
final class StoredModel implements PendingEvent {
  /** A program that saves to nowhere; the agent takes no empty place. */
  private static final String NO_PATH = "''";

  private final Run run;
  private final String path;
  private final Object configuration;
  private final Saved.Builder saved;
  private final Loaded.Builder loaded;
  private final long endedMicros = Clock.nowMicros();
  private final AtomicBoolean told = new AtomicBoolean();
  private final int size;

  /**
   * @param configuration Hadoop's settings, or null where they are not known
   * @param saved or else {@code loaded}
   */
  StoredModel(
      Run run, String path, Object configuration, Saved.Builder saved, Loaded.Builder loaded) {
    this.run = run;
    this.path = path;
    this.configuration = configuration;
    this.saved = saved;
    this.loaded = loaded;
    this.size = 256 + (saved != null ? saved.build() : loaded.build()).getSerializedSize();
  }

  String path() {
    return path;
  }

  Object configuration() {
    return configuration;
  }

  /** Whether the caller is the one to offer it: a copy that was given up may still end. */
  boolean claim() {
    return told.compareAndSet(false, true);
  }

  /** Its bytes are in the warehouse. Before it is offered. */
  void copied(long bytes, String sha256) {
    saved.setBytes(bytes).setSha256(sha256);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public boolean essential() {
    return true;
  }

  @Override
  public void build(long deadlineNanos, Consumer<Event> out) {
    Event.Builder event = run.event(endedMicros);
    String uri = Texts.cut(uri(), Texts.MAX_TEXT);
    out.accept(
        saved != null
            ? event.setSaved(saved.setUri(uri)).build()
            : event.setLoaded(loaded.setUri(uri)).build());
  }

  @Override
  public void dropped(String reason) {
    run.counts().add(reason, 1);
  }

  private String uri() {
    try {
      Path given = new Path(path);
      if (given.toUri().getScheme() != null) {
        return given.toString();
      }
      if (configuration instanceof Configuration) {
        return given.getFileSystem((Configuration) configuration).makeQualified(given).toString();
      }
    } catch (Throwable t) {
      // Then as the program named it.
    }
    return path.isEmpty() ? NO_PATH : path;
  }
}
