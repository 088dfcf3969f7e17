package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExcludedColumnsTest {
  @Test
  void patternsMatchWholeNamesInAnyCase() {
    ExcludedColumns excluded = new ExcludedColumns(" ssn, *_Name ,phone?, a.b");
    for (String name : new String[] {"SSN", "first_name", "_name", "phone1", "a.b"}) {
      assertTrue(excluded.has(name), name);
    }
    for (String name : new String[] {"ssn2", "names", "phone", "phone12", "aXb", ""}) {
      assertFalse(excluded.has(name), name);
    }
  }

  @Test
  void nothingIsExcludedByNothing() {
    assertFalse(new ExcludedColumns(null).has("a"));
    assertTrue(new ExcludedColumns(" , ,").isEmpty());
    assertTrue(new ExcludedColumns("*").has("any thing\n"));
  }
}
