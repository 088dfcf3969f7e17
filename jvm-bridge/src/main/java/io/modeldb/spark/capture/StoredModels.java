package io.modeldb.spark.capture;

import io.modeldb.proto.v1.Loaded;
import io.modeldb.proto.v1.Saved;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;

/** Records what is saved and loaded through spark.ml's writers and readers. */
final class StoredModels {
  private static final String FORMAT = "spark-ml";
  private static final String GENERAL_WRITER = "org.apache.spark.ml.util.GeneralMLWriter";

  /** Where a Connect server keeps its sessions' models: nobody asked it to save them. */
  private static final String CONNECT_CACHE = "/spark_connect_model_cache/";

  private static final int MAX_DEPTH = 16;
  private static final int MAX_MODELS = 1000;

  private StoredModels() {}

  static void saveBegins(Operation save, Object writer) {
    WeakReference<Object> of = save.run.writers().get(writer);
    Object component = of == null ? null : of.get();
    if (component == null) {
      save.component = Components.of(writer, save.run.counts()).build();
    } else {
      save.component = Components.deep(component, save.run.counts());
      save.model = save.run.models().fitOf(component);
      addModels(save, component, 0);
    }
  }

  /** PySpark makes a new pipeline to save its own: it is known by the models inside it. */
  private static void addModels(Operation save, Object component, int depth) {
    for (Object inside : Components.models(component)) {
      long fit = save.run.models().fitOf(inside);
      if (fit != 0 && save.modelsInside.size() < MAX_MODELS) {
        save.modelsInside.add(fit);
      }
      if (depth < MAX_DEPTH) {
        addModels(save, inside, depth + 1);
      }
    }
  }

  static void saved(Operation save, Object writer, Throwable error) {
    Saved.Builder out =
        Saved.newBuilder()
            .addAllModels(save.modelsInside)
            .setOperation(save.id)
            .setParent(Operation.idOf(save.parent))
            .setModel(save.model)
            .setComponent(save.component)
            .setFormat(format(writer))
            .setStartedAtUs(save.startedMicros)
            .setDurationUs(save.durationMicros());
    if (error != null) {
      out.setFailure(Failures.of(error));
    }
    StoredModel saved =
        new StoredModel(save.run, save.argument, configuration(save.run), out, null);
    ArtifactCopies copies = save.run.artifacts();
    boolean kept = save.argument.contains(CONNECT_CACHE);
    if (error != null || copies == null || kept || !copies.offer(saved)) {
      save.run.offer(saved);
    }
  }

  static void loaded(Operation load, Object reader, Object result, Throwable error) {
    Loaded.Builder out =
        Loaded.newBuilder()
            .setOperation(load.id)
            .setParent(Operation.idOf(load.parent))
            .setStartedAtUs(load.startedMicros)
            .setDurationUs(load.durationMicros());
    if (error != null) {
      out.setFailure(Failures.of(error));
    }
    if (result == null) {
      out.setComponent(Components.of(reader, load.run.counts()));
    } else {
      load.run.models().loaded(result, load.id, 0);
      out.setComponent(Components.deep(result, load.run.counts()));
    }
    load.run.offer(new StoredModel(load.run, load.argument, configuration(load.run), null, out));
  }

  /** Hadoop's settings, by which a path is understood; null where no context runs. */
  private static Object configuration(Run run) {
    return Reflect.call(run.jobMark().context(), "hadoopConfiguration");
  }

  /** Spark's own format unless the writer was told another, such as "pmml". */
  private static String format(Object writer) {
    try {
      for (Class<?> c = writer.getClass(); c != null; c = c.getSuperclass()) {
        if (c.getName().equals(GENERAL_WRITER)) {
          Field source = c.getDeclaredField("source");
          source.setAccessible(true);
          Object format = source.get(writer);
          return format == null || format.equals("internal")
              ? FORMAT
              : Texts.cut(format.toString(), Texts.MAX_DETAIL);
        }
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      // A version that keeps it elsewhere.
    }
    return FORMAT;
  }
}
