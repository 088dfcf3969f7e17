package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class WeakIdentityMapTest {
  @Test
  void tellsEqualObjectsApart() {
    WeakIdentityMap<Integer> map = new WeakIdentityMap<>(10);
    String a = new String("same");
    String b = new String("same");
    map.put(a, 1);
    assertNull(map.get(b));
    map.put(b, 2);
    map.put(a, 3);
    assertEquals(3, map.get(a));
    assertEquals(2, map.get(b));
    assertEquals(2, map.size());
  }

  @Test
  void keepsTheNewest() {
    WeakIdentityMap<Integer> map = new WeakIdentityMap<>(2);
    Object[] keys = {new Object(), new Object(), new Object()};
    for (int i = 0; i < keys.length; i++) {
      map.put(keys[i], i);
    }
    assertNull(map.get(keys[0]));
    assertEquals(2, map.get(keys[2]));
  }

  @Test
  void keepsNothingAlive() throws Exception {
    WeakIdentityMap<Integer> map = new WeakIdentityMap<>(1000);
    for (int i = 0; i < 100; i++) {
      map.put(new byte[1000], i);
    }
    for (int i = 0; i < 100 && map.size() > 0; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(0, map.size());
  }
}
