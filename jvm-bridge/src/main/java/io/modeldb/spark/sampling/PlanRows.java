package io.modeldb.spark.sampling;

import io.modeldb.spark.capture.Plans;
import io.modeldb.spark.capture.Reflect;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.types.StructType;
import scala.Function0;
import scala.Function1;
import scala.Option;

/**
 * Rows out of a plan and into another one, as Spark itself has them: made into objects of Java and
 * back, some values would be others, and classes of the user's be called.
 */
final class PlanRows {
  private static final int MAX_NODES = 10_000;

  private PlanRows() {}

  /** Collects the rows of a dataset of our own; with the settings of its session. */
  static InternalRow[] collect(Dataset<?> data) {
    QueryExecution execution = (QueryExecution) Reflect.call(data, "queryExecution");
    Function0<InternalRow[]> collect = () -> execution.executedPlan().executeCollect();
    return SQLExecution.withNewExecutionId(execution, Option.empty(), collect);
  }

  /**
   * A plan that is these rows, with the very columns of another one.
   *
   * @param like an analysed plan
   */
  static Object relation(Object like, InternalRow[] rows) throws ReflectiveOperationException {
    for (Constructor<?> constructor : LocalRelation.class.getConstructors()) {
      Class<?>[] types = constructor.getParameterTypes();
      Object[] arguments = new Object[types.length];
      if (types.length >= 3 && types[2] == boolean.class) {
        arguments[0] = Reflect.call(like, "output");
        arguments[1] = Plans.scalaList(rows);
        arguments[2] = false;
        for (int i = 3; i < types.length; i++) {
          arguments[i] = Option.empty(); // Spark 4 has one more, for streams.
        }
        return constructor.newInstance(arguments);
      }
    }
    throw new NoSuchMethodException("LocalRelation");
  }

  /** As Spark itself makes one of rows that need no conversion. */
  @SuppressWarnings("unchecked")
  static Dataset<Row> frame(Object session, RDD<InternalRow> rows, StructType schema)
      throws Exception {
    return (Dataset<Row>) invoke(session, "internalCreateDataFrame", rows, schema, false);
  }

  /**
   * Plans with one child each, over another plan.
   *
   * @param steps from the top down
   * @param below null gives null
   * @return null when a step refuses what comes below
   */
  static Object over(List<Object> steps, Object below) {
    Object plan = below;
    for (int i = steps.size() - 1; i >= 0 && plan != null; i--) {
      Object child = plan;
      Function1<Object, Object> exchange = old -> child;
      plan = Reflect.call(steps.get(i), "mapChildren", Function1.class, exchange);
    }
    return plan;
  }

  /**
   * Calls the public method with that name and as many parameters, whose types differ between
   * versions; of its class, if it is static.
   */
  static Object invoke(Object target, String name, Object... arguments) throws Exception {
    for (Method method : target.getClass().getMethods()) {
      if (method.getName().equals(name) && method.getParameterCount() == arguments.length) {
        try {
          return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
          throw new IllegalStateException(e.getCause());
        }
      }
    }
    throw new NoSuchMethodException(name);
  }

  /** Somebody cached what a sample reads, just now: it would be computed, and stored, for us. */
  static final class CachedMeanwhileException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * A dataset of our own, which from now on takes nothing of Spark's caches by itself: it has
   * settled that, once and for all, when this answers.
   */
  static <T> Dataset<T> settled(Dataset<T> own) throws CachedMeanwhileException {
    Object plan = Reflect.call(Reflect.call(own, "queryExecution"), "withCachedData");
    if (plan == null || !Plans.highest(plan, MAX_NODES, PlanRows::isCache).isEmpty()) {
      throw new CachedMeanwhileException();
    }
    return own;
  }

  private static boolean isCache(Object plan) {
    return Plans.kind(plan).equals("InMemoryRelation");
  }

  /**
   * A dataset of our own.
   *
   * @param neighbour a dataset of the same session
   * @param parts a plan of nothing but parts that were analysed
   */
  static Dataset<?> dataset(Dataset<?> neighbour, Object parts) throws Exception {
    // A dataset writes into the plan that it is made of, which may be one of the user's.
    Constructor<?> project = Project.class.getConstructors()[0];
    Object plan = project.newInstance(Reflect.call(parts, "output"), parts);
    Reflect.call(plan, "setAnalyzed");
    Object session = Reflect.call(neighbour, "sparkSession");
    return (Dataset<?>) invoke(neighbour, "ofRows", session, plan);
  }
}
