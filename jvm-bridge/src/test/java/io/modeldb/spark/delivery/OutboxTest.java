package io.modeldb.spark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.modeldb.proto.v1.Producer;
import io.modeldb.proto.v1.PushRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
  @TempDir Path temp;

  @Test
  void aBatchKeepsItsNumberAndContentUntilItIsAcked() throws Exception {
    Outbox outbox = outbox(1 << 20);
    add(outbox, "a");
    PushRequest first = outbox.head();
    add(outbox, "b");
    assertEquals(first, outbox.head());
    outbox.spoolAll();
    assertEquals(first, outbox.head(), "and in the spool too");
    outbox.acked(1);
    assertEquals("2 b", text(outbox.head()));
    outbox.acked(2);
    assertNull(outbox.head());
    assertTrue(outbox.isEmpty());
  }

  @Test
  void aRefusedBatchGivesItsNumberToTheNext() throws Exception {
    Outbox outbox = outbox(1 << 20);
    add(outbox, "a");
    add(outbox, "b");
    outbox.head();
    outbox.refused(1);
    assertEquals("1 b", text(outbox.head()));
  }

  @Test
  void aRefusedBatchInTheSpoolDoesTheSame() throws Exception {
    Outbox outbox = outbox(1 << 20);
    add(outbox, "a");
    add(outbox, "b");
    outbox.spoolAll();
    add(outbox, "c");
    outbox.refused(1);
    assertEquals("1 b", text(outbox.head()));
    outbox.acked(1);
    assertEquals("2 c", text(outbox.head()));
  }

  @Test
  void whatTheSpoolHasNoRoomForStaysInMemoryInOrder() throws Exception {
    Outbox outbox = outbox(Spool.HEADER + 12);
    add(outbox, "a");
    add(outbox, "b");
    add(outbox, "c");
    assertTrue(outbox.spoolAll() > 0);
    for (String expected : new String[] {"1 a", "2 b", "3 c"}) {
      assertEquals(expected, text(outbox.head()));
      outbox.acked(outbox.head().getSeq());
    }
  }

  @Test
  void anAckOfWhatWasNeverSentChangesNothing() throws Exception {
    Outbox outbox = outbox(1 << 20);
    outbox.acked(7);
    add(outbox, "a");
    assertEquals("1 a", text(outbox.head()));
    assertEquals(0, outbox.head().getAckedSeq());
  }

  private Outbox outbox(long spoolMax) {
    Spool spool = new Spool(new SpoolDirectory(temp.resolve("s"), false, spoolMax), "p");
    return new Outbox(Producer.getDefaultInstance(), spool);
  }

  private static void add(Outbox outbox, String event) {
    outbox.add(ByteString.copyFromUtf8(event), 0);
    outbox.seal();
  }

  private static String text(PushRequest request) {
    return request.getSeq() + " " + request.getEvents(0).toStringUtf8();
  }
}
