package io.modeldb.spark.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ParamValuesTest {
  @Test
  void keepsTypes() {
    assertEquals(3, ParamValues.of(3).getInteger());
    assertEquals(0.1, ParamValues.of(0.1f).getNumber());
    assertTrue(ParamValues.of(true).getBoolean());
    assertEquals("gini", ParamValues.of("gini").getText());
    assertTrue(Double.isNaN(ParamValues.of(Double.NaN).getNumber()));
  }

  @Test
  void writesArraysAsJson() {
    assertEquals("[1.0,2.5,\"NaN\"]", ParamValues.of(new double[] {1, 2.5, Double.NaN}).getJson());
    assertEquals(
        "[[\"a\"],[\"b\\u000a\"]]", ParamValues.of(new String[][] {{"a"}, {"b\n"}}).getJson());
    String longOne = ParamValues.of(new int[5000]).getJson();
    assertTrue(longOne.startsWith("{\"length\":5000,\"first\":[0,0,"), longOne.substring(0, 40));
  }

  @Test
  void cutsTextsBetweenCharacters() {
    StringBuilder text = new StringBuilder("x");
    for (int i = 0; i < 40_000; i++) {
      text.append("é");
    }
    String cut = ParamValues.of(text.toString()).getText();
    assertEquals(1 + (Texts.MAX_TEXT - 1) / 2, cut.length());
  }
}
