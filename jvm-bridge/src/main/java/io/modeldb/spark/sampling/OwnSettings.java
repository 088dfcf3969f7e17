package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Reflect;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.internal.SQLConf;
import scala.Function0;

/**
 * The settings of a user's session with which samples are planned, on the sampler's thread alone.
 *
 * <p>Not adaptive: adaptive queries run on threads of Spark's pools, where what they make has
 * numbers of the user's. And nothing is computed while a query is planned: that would run functions
 * of the user's plan that the user's own thread may be running, some of which have state.
 */
final class OwnSettings {
  private static final String EXCLUDED = "spark.sql.optimizer.excludedRules";
  private static final String EVALUATING =
      "org.apache.spark.sql.catalyst.optimizer.ConvertToLocalRelation";

  private OwnSettings() {}

  static void with(Dataset<?> data, SampleTasks.Work work) throws Exception {
    Object session = Reflect.call(data, "sparkSession");
    SQLConf users = (SQLConf) Reflect.call(Reflect.call(session, "sessionState"), "conf");
    SQLConf own = users.clone();
    own.setConfString("spark.sql.adaptive.enabled", "false");
    own.setConfString("spark.sql.adaptive.forceApply", "false");
    String excluded = own.getConfString(EXCLUDED, "");
    own.setConfString(EXCLUDED, excluded.isEmpty() ? EVALUATING : excluded + "," + EVALUATING);
    Function0<Exception> caught =
        () -> {
          try {
            work.run();
            return null;
          } catch (Exception e) {
            return e;
          }
        };
    Exception failure = SQLConf.withExistingConf(own, caught);
    if (failure != null) {
      throw failure;
    }
  }
}
