package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.function.RayFunc1;
import org.rayakka.api.function.RayFunc2;

/// What may be a remote function, and what the compiler refuses already.
@Timeout(60)
class FunctionIT {
  @BeforeAll
  static void start() {
    Ray.init(Cluster.options(2).setResource("licence", 2).build());
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  static int plus(int a) {
    return plus(a, 1);
  }

  static int plus(int a, int b) {
    return a + b;
  }

  // row 81
  @Test
  void anOverloadStandsForDefaultArguments() {
    // Java finds no form for the bare name of an overloaded method: the type says which is meant.
    RayFunc1<Integer, Integer> withDefault = FunctionIT::plus;
    RayFunc2<Integer, Integer, Integer> withBoth = FunctionIT::plus;

    assertThat(Ray.task(withDefault, 1).remote().get()).isEqualTo(2);
    assertThat(Ray.task(withBoth, 1, 5).remote().get()).isEqualTo(6);
  }

  // row 82
  @Test
  void earlierCallsKeepTheirVersionOfAFunction() {
    List<List<ObjectRef<Integer>>> calls = new ArrayList<>();
    for (int version = 0; version < 5; version++) {
      int added = 1_000 * version;
      RayFunc1<Integer, Integer> function = x -> x + added;
      calls.add(IntStream.range(0, 200).mapToObj(i -> Ray.task(function, i).remote()).toList());
    }
    for (int version = 0; version < 5; version++) {
      int added = 1_000 * version;
      assertThat(Ray.get(calls.get(version)))
          .isEqualTo(IntStream.range(added, added + 200).boxed().toList());
    }
  }

  // row 175
  @Test
  void aWorkerThatRunsGetsWhatIsDefinedWhileItRuns() {
    List<Long> workers =
        Ray.get(IntStream.range(0, 50).mapToObj(i -> Ray.task(Cluster::pid).remote()).toList());
    String told = "defined when " + workers.getFirst() + " ran";
    RayFunc1<Integer, String> defined = i -> told + " " + Cluster.pid();

    List<String> results =
        Ray.get(IntStream.range(0, 50).mapToObj(i -> Ray.task(defined, i).remote()).toList());

    assertThat(results)
        .containsAnyElementsOf(workers.stream().map(worker -> told + " " + worker).toList());
  }

  /// Refers to a function that is given to it later.
  static final class Later implements Serializable {
    private static final long serialVersionUID = 1;
    private RayFunc1<Integer, Integer> function = x -> -1;

    int apply(int x) throws Exception {
      return function.apply(x);
    }
  }

  static int callsWhatComesBelow(int x) {
    return Below.twice(x);
  }

  /// Declared behind its use.
  static final class Below {
    static int twice(int x) {
      return 2 * x;
    }
  }

  // rows 176, 177
  @Test
  void aHelperMayBeDefinedLaterThanItsUser() {
    Later later = new Later();
    RayFunc1<Integer, Integer> user = x -> later.apply(x) + 1;
    later.function = x -> 10 * x;

    assertThat(Ray.task(user, 4).remote().get()).isEqualTo(41);
    assertThat(Ray.task(FunctionIT::callsWhatComesBelow, 4).remote().get()).isEqualTo(8);
  }

  static String inATask() {
    return Ray.task(Cluster::pid).setResource("licence", 1).remote().get()
        + " "
        + Ray.actor(Numbers::new)
            .setResource("licence", 1)
            .remote()
            .task(Numbers::all)
            .remote()
            .get();
  }

  // row 73
  @Test
  void aTaskAsksForResourcesOfItsOwnTasksAndActors() {
    assertThat(Ray.task(FunctionIT::inATask).remote().get()).endsWith(" []");
  }

  /// An actor that goes on changing what it has returned.
  public static final class Numbers {
    private final List<Integer> numbers = new ArrayList<>();

    /// Adds a number.
    public List<Integer> add(int number) {
      numbers.add(number);
      return numbers;
    }

    /// What there is.
    public List<Integer> all() {
      return numbers;
    }
  }

  // row 79
  @Test
  void aResultIsWhatItWasWhenTheCallEnded() {
    ActorHandle<Numbers> numbers = Ray.actor(Numbers::new).remote();
    ObjectRef<List<Integer>> one = numbers.task(Numbers::add, 1).remote();
    ObjectRef<List<Integer>> two = numbers.task(Numbers::add, 2).remote();

    assertThat(two.get()).containsExactly(1, 2);
    assertThat(one.get()).containsExactly(1);
  }

  @SuppressWarnings("ReferenceEquality") // itself, not one like it
  static boolean containsItself(byte[] serialised) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(serialised))) {
      List<?> list = (List<?>) in.readObject();
      return list.getFirst() == list;
    }
  }

  // row 206
  @Test
  void aValueMayBeSerialisedByHand() throws IOException {
    List<Object> list = new ArrayList<>();
    list.add(list);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(list);
    }

    assertThat(Ray.task(FunctionIT::containsItself, bytes.toByteArray()).remote().get()).isTrue();
  }

  // rows 83, 120, 121
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ray.task(Program::half).remote()",
        "Ray.task(Program::half, 1, 2).remote()",
        "Ray.task(Program::half, \"one\").remote()",
        "Ray.actor(Counter::new).remote().value",
        "Ray.actor(Counter::new).remote().increment()",
        "Ray.actor(Counter::new, 1).remote()",
      })
  void theCompilerRefuses(String wrong, @TempDir Path folder) {
    assertThat(errors("Ray.task(Program::half, 2).remote()", folder)).isEmpty();
    assertThat(errors("Ray.actor(Counter::new).remote().task(Counter::increment).remote()", folder))
        .isEmpty();
    assertThat(errors(wrong, folder)).isNotEmpty();
  }

  private static List<String> errors(String expression, Path folder) {
    String source =
        """
        import org.rayakka.api.Ray;
        class Program {
          static int half(int x) { return x / 2; }
          static class Counter {
            int value;
            int increment() { return ++value; }
          }
          static Object run() { return %s; }
        }
        """
            .formatted(expression);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Program.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    compiler
        .getTask(null, null, found, List.of("-d", folder.toString()), null, List.of(file))
        .call();
    return found.getDiagnostics().stream()
        .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
        .map(each -> each.getMessage(Locale.ROOT))
        .toList();
  }
}
