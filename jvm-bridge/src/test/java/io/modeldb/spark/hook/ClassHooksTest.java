package io.modeldb.spark.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.function.Supplier;
import org.apache.spark.ml.regression.FakeSummary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs advised classes, which the JVM verifies because their loader is not the boot loader. */
class ClassHooksTest {
  private final RecordingObserver observer = new RecordingObserver();

  @BeforeEach
  void observe() {
    Hook.observe(observer);
  }

  @AfterEach
  void stop() {
    Hook.observe(null);
  }

  @Test
  void reportsStartAndResult() throws Exception {
    assertEquals("model", run("Plain"));
    check("enter 1 Plain #1", "exit #1 model");
  }

  @Test
  void reportsAndRethrowsTheSameError() throws Exception {
    Supplier<Object> throwing = advised("Throwing");
    IllegalStateException e = assertThrows(IllegalStateException.class, throwing::get);
    assertEquals("no", e.getMessage());
    check("enter 1 Throwing #1", "fail #1 no");
  }

  @Test
  void reportsCallsOfSuper() throws Exception {
    assertEquals("model+", run("Nested"));
    check("enter 1 Nested #1", "enter 1 Nested #2", "exit #2 model", "exit #1 model+");
  }

  @Test
  void survivesAllKindsOfCode() throws Exception {
    assertEquals(new Fakes.Branching().get(), run("Branching"));
    assertEquals(2, observer.lines.size());
  }

  @Test
  void reportsValues() throws Exception {
    assertEquals(0.25, run("Scoring"));
    check("enter 3 Scoring #1", "exit #1 0.25");
  }

  @Test
  void reportsCopies() throws Exception {
    assertEquals("copy", run("Copying"));
    check("copied copy");
  }

  @Test
  void reportsSavesWhichReturnNothing() throws Exception {
    assertEquals("saved", run("SavingWriter"));
    check(
        "enter 9 SavingWriter somewhere #1",
        "exit #1 null",
        "enter 9 SavingWriter #2",
        "exit #2 null");
  }

  @Test
  void reportsLoadsOnce() throws Exception {
    assertEquals("loaded from somewhere", run("Restores"));
    check("enter 10 Restores somewhere #1", "exit #1 loaded from somewhere");
  }

  @Test
  void reportsWhatAWriterWrites() throws Exception {
    assertEquals("written", run("Writable"));
    check("writes Writable OwnWriter");
  }

  @Test
  void reportsSummaries() throws Exception {
    assertNull(run("Summarising"));
    check("enter 7 Summarising #1", "exit #1 null");
  }

  @Test
  void reportsGettersOfSummariesByName() throws Exception {
    assertEquals(12.5, load(FakeSummary.class.getName()).get());
    check(
        "enter 8 FakeSummary r2 #1",
        "exit #1 0.5",
        "enter 8 FakeSummary weightedFMeasure #2",
        "exit #2 1.0",
        "enter 8 FakeSummary weightedFMeasure(2.0) #3",
        "exit #3 4.0");
  }

  @Test
  void leavesBridgesAlone() throws Exception {
    assertEquals("bridged", run("Bridged"));
    check("enter 1 Bridged #1", "exit #1 bridged");
  }

  @Test
  void leavesOtherShapesAlone() throws Exception {
    assertNull(ClassHooks.advise(bytes(Fakes.class.getName() + "$Others")));
  }

  @Test
  void aHookThatThrowsIsNotSeen() throws Exception {
    observer.throwing = true;
    assertEquals("model", run("Plain"));
    check("hook failed");
  }

  @Test
  void nobodyObserves() throws Exception {
    Hook.observe(null);
    assertEquals("model", run("Plain"));
  }

  @Test
  void advisesWhatALoaderSeesTheHookFrom() throws Exception {
    byte[] plain = bytes(Fakes.class.getName() + "$Plain");
    ClassHooks hooks = new ClassHooks();
    ClassLoader blind = new ClassLoader(null) {};
    assertNull(hooks.transform(blind, "user/Plain", null, null, plain));
    ClassLoader seeing = new ClassLoader(getClass().getClassLoader()) {};
    assertEquals(
        ClassHooks.advise(plain).length,
        hooks.transform(seeing, "user/Plain", null, null, plain).length);
  }

  @Test
  void aBrokenClassIsLeftAlone() {
    byte[] broken = new byte[40];
    broken[9] = 5;
    assertNull(
        new ClassHooks().transform(getClass().getClassLoader(), "user/Broken", null, null, broken));
  }

  @Test
  void scansByNameAndByPool() throws Exception {
    byte[] plain = bytes(Fakes.class.getName() + "$Plain");
    assertEquals(true, ClassScan.mayHavePoint("my/Estimator", plain));
    assertEquals(false, ClassScan.mayHavePoint("my/Test", bytes(getClass().getName())));
    for (String excluded :
        Arrays.asList(
            "java/util/A", "scala/A", "org/apache/spark/sql/A", "io/modeldb/spark/hook/A")) {
      assertEquals(false, ClassScan.mayHavePoint(excluded, plain), excluded);
    }
    assertEquals(true, ClassScan.mayHavePoint("org/apache/spark/ml/A", plain));
    for (String name : Arrays.asList("Writable", "OwnWriter", "Summarising")) {
      byte[] bytes = bytes(Fakes.class.getName() + "$" + name);
      assertEquals(true, ClassScan.mayHavePoint("my/" + name, bytes), name);
    }
    byte[] getters = bytes(FakeSummary.class.getName());
    assertEquals(true, ClassScan.mayHavePoint("org/apache/spark/ml/regression/ASummary", getters));
    assertEquals(false, ClassScan.mayHavePoint("org/apache/spark/ml/stat/ASummary", getters));
    assertEquals(false, ClassScan.mayHavePoint("my/regression/ASummary", getters));
    assertEquals(true, ClassScan.mayHavePoint("org/apache/spark/SparkContext", new byte[0]));
  }

  @Test
  void whatStopsAContextIsKnownByName() {
    for (String owner :
        Arrays.asList(
            "SparkContext",
            "api/java/JavaSparkContext",
            "sql/SparkSession",
            "sql/classic/SparkSession")) {
      String name = "org/apache/spark/" + owner;
      assertEquals(HookPoint.STOP, HookPoint.of(name, "java/lang/Object", "stop", "()V"));
      assertEquals(true, ClassScan.mayHavePoint(name, new byte[0]));
    }
    String context = "org/apache/spark/SparkContext";
    assertEquals(HookPoint.STOP, HookPoint.of(context, "java/lang/Object", "stop", "(I)V"));
    assertEquals(0, HookPoint.of(context, "java/lang/Object", "stop", "(J)V"));
    assertEquals(0, HookPoint.of("my/Context", "java/lang/Object", "stop", "()V"));
  }

  private Object run(String name) throws Exception {
    return advised(name).get();
  }

  private void check(String... lines) {
    assertEquals(Arrays.asList(lines), observer.lines);
  }

  private static Supplier<Object> advised(String name) throws Exception {
    return load(Fakes.class.getName() + "$" + name);
  }

  @SuppressWarnings("unchecked")
  private static Supplier<Object> load(String name) throws Exception {
    AdvisingLoader loader = new AdvisingLoader();
    Class<?> type = loader.loadClass(name);
    assertSame(loader, type.getClassLoader());
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    return (Supplier<Object>) constructor.newInstance();
  }

  private static byte[] bytes(String className) throws IOException {
    String path = className.replace('.', '/') + ".class";
    try (InputStream in = ClassHooksTest.class.getClassLoader().getResourceAsStream(path)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[4096];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
      return out.toByteArray();
    }
  }

  /** Loads the fakes itself, advised; everything else comes from its parent. */
  private static final class AdvisingLoader extends ClassLoader {
    AdvisingLoader() {
      super(ClassHooksTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(Fakes.class.getName() + "$")
          && !name.equals(FakeSummary.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      try {
        byte[] bytes = bytes(name);
        byte[] advised = ClassHooks.advise(bytes);
        byte[] used = advised == null ? bytes : advised;
        return defineClass(name, used, 0, used.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
