package io.modeldb.spark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.modeldb.proto.v1.Producer;
import io.modeldb.proto.v1.PushRequest;
import io.modeldb.spark.delivery.TestAgent.Manners;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DeliveryTest {
  private static final long TWO_SECONDS = TimeUnit.SECONDS.toNanos(2);

  @TempDir Path directory;
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
  private final List<String> counts = Collections.synchronizedList(new ArrayList<>());

  @Test
  void deliversInOrderAndOnce() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      Delivery delivery = deliveryTo(agent.url());
      List<String> names = offer(delivery, 0, 1000);
      assertTrue(delivery.flush(TWO_SECONDS));
      assertEquals(names, agent.landed());
      assertEquals("sync", agent.calls().get(0));
      assertEquals(Collections.emptyList(), warnings);
      assertNull(delivery.spooled());
    }
  }

  @Test
  void eventsThatWaitForNothingLandByThemselves() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      Delivery delivery = deliveryTo(agent.url());
      offer(delivery, 0, 3);
      await(() -> agent.landed().size() == 3);
    }
  }

  @Test
  void sendsAgainWhatWasNotAcked() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      agent.behave(Manners.LOSES_ACKS);
      Delivery delivery = deliveryTo(agent.url());
      List<String> names = offer(delivery, 0, 2);
      await(() -> agent.landed().size() == 2);
      agent.behave(Manners.GOOD);
      names.addAll(offer(delivery, 2, 4));
      assertTrue(delivery.flush(TWO_SECONDS));
      assertEquals(names, agent.landed());
      await(() -> warnings.size() == 2);
      assertTrue(warnings.get(1).contains("answers again"), warnings.toString());
    }
  }

  @Test
  void waitsForABusyAgent() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      agent.behave(Manners.BUSY);
      Delivery delivery = deliveryTo(agent.url());
      List<String> names = offer(delivery, 0, 2);
      await(() -> warnings.size() == 1);
      assertTrue(warnings.get(0).contains("HTTP status 503"), warnings.toString());
      agent.behave(Manners.GOOD);
      assertTrue(delivery.flush(TWO_SECONDS));
      assertEquals(names, agent.landed());
    }
  }

  @Test
  void aRefusedBatchLeavesNoGap() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      agent.behave(Manners.REFUSES_BAD);
      Delivery delivery = deliveryTo(agent.url());
      offer(delivery, 0, 1);
      assertTrue(delivery.flush(TWO_SECONDS));
      delivery.offer(new TestEvent("bad"));
      assertTrue(delivery.flush(TWO_SECONDS));
      offer(delivery, 1, 2);
      assertTrue(delivery.flush(TWO_SECONDS));
      assertEquals(Arrays.asList("e0", "e1"), agent.landed());
      assertEquals(Arrays.asList("sync", "push 1", "push 2", "push 2"), agent.calls());
      assertEquals(Arrays.asList("refused 1"), counts);
      assertTrue(warnings.get(0).contains("run_id is \"bad\""), warnings.toString());
    }
  }

  @Test
  void aGapIsAskedAboutAndThenWaitedFor() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      agent.behave(Manners.GAP);
      Delivery delivery = deliveryTo(agent.url());
      List<String> names = offer(delivery, 0, 1);
      assertFalse(delivery.flush(TimeUnit.MILLISECONDS.toNanos(700)));
      assertTrue(agent.calls().size() < 20, agent.calls().toString());
      assertEquals(Arrays.asList("sync", "push 1", "sync", "push 1"), agent.calls().subList(0, 4));
      agent.behave(Manners.GOOD);
      assertTrue(delivery.flush(TWO_SECONDS));
      assertEquals(names, agent.landed());
      assertNull(delivery.spooled(), "what was spooled meanwhile is delivered");
    }
  }

  @Test
  void nobodyListensAndAFlushKnowsAtOnce() throws Exception {
    Delivery delivery = deliveryTo(new URL("http://127.0.0.1:" + freePort()));
    offer(delivery, 0, 600);
    long start = System.nanoTime();
    assertFalse(delivery.flush(TWO_SECONDS));
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1));
    assertSpooled(delivery, 600);
  }

  @Test
  void aSlowAgentIsNotWaitedForLongerThanAllowed() throws Exception {
    try (TestAgent agent = new TestAgent()) {
      agent.behave(Manners.SLOW);
      Delivery delivery = deliveryTo(agent.url());
      offer(delivery, 0, 600);
      Thread.sleep(300); // it is being sent
      long start = System.nanoTime();
      assertFalse(delivery.flush(TimeUnit.MILLISECONDS.toNanos(800)));
      assertTrue(System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1200));
      assertSpooled(delivery, 600);
    }
  }

  @Test
  void spooledEventsComeFirstWhenTheAgentIsBack() throws Exception {
    int port = freePort();
    Delivery delivery = deliveryTo(new URL("http://127.0.0.1:" + port));
    List<String> names = offer(delivery, 0, 600);
    assertFalse(delivery.flush(TWO_SECONDS));
    Path spool = delivery.spooled();
    names.addAll(offer(delivery, 600, 700));
    try (TestAgent agent = new TestAgent(port)) {
      assertTrue(delivery.flush(TWO_SECONDS));
      assertEquals(names, agent.landed());
      assertFalse(Files.exists(spool));
    }
  }

  @Test
  void aFullSpoolPushesBackIntoTheQueueWhichDropsAndSaysSo() throws Exception {
    TestEvent.DROPPED.clear();
    DeliverySettings settings =
        new DeliverySettings(
            new URL("http://127.0.0.1:" + freePort()), directory.resolve("s"), false, 1000);
    Delivery delivery = start(settings);
    int taken = 0;
    while (delivery.offer(new TestEvent("e" + taken, 1 << 19, true))) {
      taken++;
    }
    assertEquals("e" + taken + " queue_full", TestEvent.DROPPED.get(0));
    assertFalse(delivery.flush(TWO_SECONDS));
    assertTrue(warnings.toString().contains("spark.modeldb.spool.max"), warnings.toString());
  }

  private void assertSpooled(Delivery delivery, int events) throws Exception {
    assertNotNull(delivery.spooled());
    int n = 0;
    long seq = 1;
    for (PushRequest request : Spool.readAll(delivery.spooled())) {
      assertEquals(seq++, request.getSeq());
      n += request.getEventsCount();
    }
    assertEquals(events, n);
  }

  private Delivery deliveryTo(URL agent) {
    return start(new DeliverySettings(agent, directory.resolve("spool"), false, 1 << 20));
  }

  private Delivery start(DeliverySettings settings) {
    Producer producer = Producer.newBuilder().setId("producer-1").build();
    Delivery delivery =
        new Delivery(
            settings, producer, warnings::add, (reason, n) -> counts.add(reason + " " + n));
    delivery.start();
    return delivery;
  }

  private static List<String> offer(Delivery delivery, int from, int to) {
    List<String> names = new ArrayList<>();
    for (int i = from; i < to; i++) {
      assertTrue(delivery.offer(new TestEvent("e" + i)));
      names.add("e" + i);
    }
    return names;
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void await(BooleanSupplier condition) throws Exception {
    for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertTrue(condition.getAsBoolean());
  }
}
