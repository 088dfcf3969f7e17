package io.modeldb.spark.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EventQueueTest {
  @Test
  void keepsRoomForWhatIsEssential() {
    EventQueue queue = new EventQueue(4, 1000);
    for (int i = 0; i < 3; i++) {
      assertTrue(queue.offer(new TestEvent("d" + i, 10, false)));
    }
    assertFalse(queue.offer(new TestEvent("d3", 10, false)));
    assertTrue(queue.offer(new TestEvent("e", 10, true)));
    assertFalse(queue.offer(new TestEvent("f", 10, true)));
  }

  @Test
  void countsBytes() {
    EventQueue queue = new EventQueue(100, 1000);
    assertTrue(queue.offer(new TestEvent("a", 700, false)));
    assertFalse(queue.offer(new TestEvent("b", 100, false)));
    assertTrue(queue.offer(new TestEvent("c", 300, true)));
    queue.poll();
    assertTrue(queue.offer(new TestEvent("d", 100, false)));
    assertEquals(300, queue.poll().size());
  }
}
