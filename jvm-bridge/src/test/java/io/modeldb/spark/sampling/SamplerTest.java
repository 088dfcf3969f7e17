package io.modeldb.spark.sampling;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SamplerTest {
  @Test
  void columnsOfLoopsThatPySparkRunsItselfAreKnown() {
    for (String column :
        new String[] {
          "CrossValidator_0123abcd_rand",
          "TrainValidationSplit_0123abcd_rand",
          "mc2b$0",
          "mbc$acc7f3c",
          "mbc$tmp7f3c"
        }) {
      assertTrue(Sampler.isHelper(column), column);
    }
    for (String column : new String[] {"label", "mc2b", "mbc$", "CrossValidator_x_rand"}) {
      assertFalse(Sampler.isHelper(column), column);
    }
  }
}
