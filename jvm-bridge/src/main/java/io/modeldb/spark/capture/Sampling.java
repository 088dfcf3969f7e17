package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Component;

/**
 * Is told of the datasets that go through operations at the top, on the threads of their callers.
 *
 * <p>Datasets have their numbers behind them; 0 for one that could not be told.
 */
public interface Sampling {
  /** Takes no samples. */
  Sampling NONE =
      new Sampling() {
        @Override
        public void fitted(Object data, long dataset) {}

        @Override
        public void transformed(
            long model, Object transformer, Object in, long input, Object out, long output) {}

        @Override
        public void evaluated(Component evaluator, Object data, long dataset) {}
      };

  /** A fit has ended well. */
  void fitted(Object data, long dataset);

  /**
   * A transform has ended well.
   *
   * @param model the fit of the transformer, 0 for none
   */
  void transformed(long model, Object transformer, Object in, long input, Object out, long output);

  /** An evaluation has ended well. */
  void evaluated(Component evaluator, Object data, long dataset);
}
