package io.modeldb.spark.delivery;

import com.google.protobuf.ByteString;
import io.modeldb.proto.v1.Producer;
import io.modeldb.proto.v1.PushRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Events that travel together. Its number is given when it is first sent or spooled, not before, so
 * that a batch that is refused leaves no gap.
 */
final class Batch {
  static final int MAX_EVENTS = 256;
  static final int MAX_BYTES = 256 * 1024;

  private final List<ByteString> events = new ArrayList<>();
  private final long openedNanos;
  private int bytes;
  private long seq;

  Batch(long openedNanos) {
    this.openedNanos = openedNanos;
  }

  boolean hasRoomFor(ByteString event) {
    return events.isEmpty() || (events.size() < MAX_EVENTS && bytes + event.size() <= MAX_BYTES);
  }

  void add(ByteString event) {
    events.add(event);
    bytes += event.size();
  }

  void number(long newSeq) {
    seq = newSeq;
  }

  /** 0 when it has none yet. */
  long seq() {
    return seq;
  }

  int bytes() {
    return bytes;
  }

  int count() {
    return events.size();
  }

  long openedNanos() {
    return openedNanos;
  }

  PushRequest request(Producer producer, long acked) {
    return PushRequest.newBuilder()
        .setProducer(producer)
        .setSeq(seq)
        .setAckedSeq(acked)
        .addAllEvents(events)
        .build();
  }
}
