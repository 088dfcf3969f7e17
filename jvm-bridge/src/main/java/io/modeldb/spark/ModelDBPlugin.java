package io.modeldb.spark;

import java.util.Collections;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * The entry point for {@code spark.plugins}: does what {@link ModelDBListener} does, and nothing on
 * executors, which load this class too.
 */
public final class ModelDBPlugin implements SparkPlugin {
  @Override
  public DriverPlugin driverPlugin() {
    return new Driver();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return null;
  }

  /** Of the driver. */
  private static final class Driver implements DriverPlugin {
    @Override
    public Map<String, String> init(SparkContext spark, PluginContext context) {
      try {
        // The bus has not started yet, so it hears the application start.
        spark.addSparkListener(new ModelDBListener(context.conf()));
      } catch (Throwable t) {
        // The job goes on without us.
      }
      return Collections.emptyMap();
    }
  }
}
