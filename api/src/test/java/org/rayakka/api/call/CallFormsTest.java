package org.rayakka.api.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.Tuple2;
import org.rayakka.api.Tuple3;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.function.RayFunc;
import org.rayakka.api.function.RayFunc0;
import org.rayakka.api.function.RayFunc1;
import org.rayakka.api.function.RayFunc2;
import org.rayakka.api.function.RayFunc7;
import org.rayakka.api.function.RayFuncVoid1;
import org.rayakka.api.options.ActorLifetime;
import org.rayakka.api.options.CallOptions;

class CallFormsTest {
  private static int seen;

  @BeforeEach
  void connect() {
    Ray.init();
  }

  @AfterEach
  void disconnect() {
    Ray.shutdown();
  }

  static String zero() {
    return "";
  }

  static String six(int a, long b, String c, double d, boolean e, List<Integer> f) {
    return a + " " + b + " " + c + " " + d + " " + e + " " + f;
  }

  static int increment(int x) {
    return x + 1;
  }

  static void see(int x) {
    seen = x;
  }

  static int fail(String message) throws IOException {
    throw new IOException(message);
  }

  static int[] three() {
    return new int[] {1, 2, 3};
  }

  static Tuple2<Integer, String> pair(int x) {
    return new Tuple2<>(x, "x" + x);
  }

  static int overloaded(int x) {
    return x;
  }

  static String overloaded(String x) {
    return x;
  }

  static class Counter {
    private int value;

    Counter() {}

    Counter(int start) {
      value = start;
    }

    static Counter startingAt(int start, int more) {
      return new Counter(start + more);
    }

    int add(int delta) {
      return value += delta;
    }

    void reset() {
      value = 0;
    }

    int value() {
      return value;
    }

    String six(int a, int b, int c, int d, int e, int f) {
      return "" + value + a + b + c + d + e + f;
    }

    Tuple3<Integer, Integer, Integer> around() {
      return new Tuple3<>(value - 1, value, value + 1);
    }
  }

  // row 65
  @Test
  void offersEveryMixtureOfUpToSixValuesAndReferences() {
    assertThat(overloads(RayCall.class, "task", TaskCaller.class))
        .isEqualTo(Map.of(0, 1L, 1, 2L, 2, 4L, 3, 8L, 4, 16L, 5, 32L, 6, 64L));
    assertThat(overloads(RayCall.class, "task", VoidTaskCaller.class))
        .isEqualTo(Map.of(0, 1L, 1, 2L, 2, 4L, 3, 8L, 4, 16L, 5, 32L, 6, 64L));
    assertThat(overloads(RayCall.class, "actor", ActorCreator.class))
        .isEqualTo(Map.of(0, 1L, 1, 2L, 2, 4L, 3, 8L, 4, 16L, 5, 32L, 6, 64L));
    assertThat(overloads(ActorCall.class, "task", ActorTaskCaller.class))
        .isEqualTo(Map.of(0, 1L, 1, 2L, 2, 4L, 3, 8L, 4, 16L, 5, 32L, 6, 64L));
    assertThat(overloads(ActorCall.class, "task", VoidActorTaskCaller.class))
        .isEqualTo(Map.of(0, 1L, 1, 2L, 2, 4L, 3, 8L, 4, 16L, 5, 32L, 6, 64L));
  }

  private static Map<Integer, Long> overloads(Class<?> in, String name, Class<?> returned) {
    return Stream.of(in.getMethods())
        .filter(method -> method.getName().equals(name) && method.getReturnType() == returned)
        .collect(Collectors.groupingBy(method -> method.getParameterCount() - 1, counting()));
  }

  private static Collector<Method, ?, Long> counting() {
    return Collectors.counting();
  }

  // rows 60, 65-67, 75
  @Test
  void takesEachArgumentAsAValueOrAReference() {
    ObjectRef<Integer> x = Ray.task(CallFormsTest::increment, 0).remote();
    ObjectRef<Integer> y = Ray.task(CallFormsTest::increment, x).remote();

    assertThat(Ray.task(CallFormsTest::zero).remote().get()).isEmpty();
    assertThat(y.get()).isEqualTo(2);
    assertThat(
            Ray.task(CallFormsTest::six, 1, Ray.put(2L), "c", Ray.put(0.5), true, List.of(6))
                .remote()
                .get())
        .isEqualTo("1 2 c 0.5 true [6]");
  }

  // row 59
  @Test
  void takesLambdasAndWhatTheyCapture() {
    int captured = 10;

    assertThat(Ray.task((Integer a, Integer b) -> a + b + captured, 1, 2).remote().get())
        .isEqualTo(13);
    assertThat(Ray.task(() -> "x" + captured).remote().get()).isEqualTo("x10");
    assertThat(Ray.task((Integer a) -> a + 1, Ray.put(1)).remote().get()).isEqualTo(2);
  }

  @Test
  void choosesBetweenOverloadedMethodsByACast() {
    RayFunc1<Integer, Integer> ofInt = CallFormsTest::overloaded;

    assertThat(Ray.task(ofInt, 3).remote().get()).isEqualTo(3);
    assertThat(Ray.task((RayFunc1<String, String>) CallFormsTest::overloaded, "a").remote().get())
        .isEqualTo("a");
  }

  @Test
  void runsFunctionsWithoutAResult() {
    ObjectRef<Void> done = Ray.task(CallFormsTest::see, 7).remote();

    assertThat(done.get()).isNull();
    assertThat(seen).isEqualTo(7);
  }

  // row 99
  @Test
  void letsFunctionsThrowCheckedExceptions() {
    assertThatExceptionOfType(RayTaskException.class)
        .isThrownBy(() -> Ray.task(CallFormsTest::fail, "disk").remote())
        .withMessage("f failed: java.io.IOException: disk")
        .withCauseInstanceOf(IOException.class);
  }

  // rows 69-71
  @Test
  void returnsSeveralObjectsAsReferencesOfTheirOwn() {
    List<ObjectRef<?>> refs = Ray.task(CallFormsTest::three).setNumReturns(3).remoteList();
    Tuple2<ObjectRef<Integer>, ObjectRef<String>> pair =
        Tuple2.remote(Ray.task(CallFormsTest::pair, 5));

    assertThat(Ray.<Object>get(refs)).containsExactly(1, 2, 3);
    assertThat(pair.t1().get() + pair.t2().get().length()).isEqualTo(7);
    assertThat(Ray.task(CallFormsTest::three).setNumReturns(0).remoteList()).isEmpty();
    assertThat(Ray.task(CallFormsTest::zero).remoteList()).hasSize(1);
    assertThat(Ray.get(Ray.task(n -> new Object[n], 100).setNumReturns(100).remoteList()))
        .hasSize(100);
    assertThatIllegalStateException()
        .isThrownBy(() -> Ray.task(CallFormsTest::three).setNumReturns(3).remote())
        .withMessage(
            "numReturns: 3 (expected: 1 for remote(); remoteList() returns several references)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ray.task(CallFormsTest::three).setNumReturns(2).remoteList())
        .withMessageStartingWith("returned: 3 objects (expected: an array, list or tuple of 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ray.task(CallFormsTest::zero).setNumReturns(2).remoteList())
        .withMessageStartingWith("returned: java.lang.String (expected: ");
  }

  @Test
  void takesMoreThanSixArgumentsOneAtATime() {
    VariadicTaskCaller<Integer> sum =
        Ray.taskN(values -> Arrays.stream(values).mapToInt(x -> (Integer) x).sum());
    for (int i = 1; i <= 20; i++) {
      sum.arg(i % 2 == 0 ? Ray.put(i) : i);
    }
    ActorHandle<Counter> counter =
        Ray.actorN(values -> new Counter((int) values[0] + (int) values[1]))
            .arg(1)
            .arg(Ray.put(2))
            .remote();

    assertThat(sum.remote().get()).isEqualTo(210);
    assertThat(
            counter
                .taskN((c, values) -> c.value() + ":" + values.length + values[0])
                .arg("a")
                .arg(2)
                .remote()
                .get())
        .isEqualTo("3:2a");
  }

  // rows 107, 111, 115, 116, 122
  @Test
  void createsActorsAndCallsTheirMethods() {
    ActorHandle<Counter> fromNew = Ray.actor(Counter::new, 5).remote();
    ActorHandle<Counter> fromFactory =
        Ray.actor(Counter::startingAt, 5, Ray.put(2)).setLifetime(ActorLifetime.DETACHED).remote();

    assertThat(fromNew.task(Counter::add, 1).remote().get()).isEqualTo(6);
    assertThat(fromNew.task(Counter::add, Ray.put(2)).remote().get()).isEqualTo(8);
    assertThat(fromNew.task(Counter::six, 1, 2, 3, 4, 5, Ray.put(6)).remote().get())
        .isEqualTo("8123456");
    assertThat(fromFactory.task(Counter::value).remote().get()).isEqualTo(7);
    assertThat(fromFactory.task(Counter::reset).remote().get()).isNull();
    assertThat(Tuple3.remote(fromFactory.task(Counter::around)).t3().get()).isEqualTo(1);
    assertThat(Ray.actor(Counter::new).remote().task(Counter::value).remote().get()).isZero();
  }

  @Test
  void sharesTheOptionsAndArgumentsOfACallWithoutAny() {
    TaskCaller<String> plain = Ray.task(CallFormsTest::zero);
    VoidTaskCaller withArguments = Ray.task(CallFormsTest::see, 1);
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 5).remote();

    assertThat(plain.options()).isSameAs(CallOptions.DEFAULT);
    assertThat(plain.arguments()).isSameAs(RayFunc.NO_ARGUMENTS);
    assertThat(withArguments.options()).isSameAs(CallOptions.DEFAULT);
    assertThat(counter.task(Counter::value).options()).isSameAs(CallOptions.ACTOR_DEFAULT);
  }

  @Test
  void collectsOptionsAndRefusesBadOnesAtOnce() {
    TaskCaller<Integer> call =
        Ray.task(CallFormsTest::increment, 1)
            .setName("inc")
            .setNumCpus(2)
            .setNumGpus(0.5)
            .setResource("disk", 3)
            .setResources(Map.of("slots", 1.0))
            .setMaxRetries(7)
            .setRetryExceptions(List.of(IOException.class))
            .setPriority(1);

    assertThat(call.options().resources())
        .isEqualTo(Map.of("CPU", 2.0, "GPU", 0.5, "disk", 3.0, "slots", 1.0));
    assertThat(call.options().name()).isEqualTo("inc");
    assertThat(call.options().maxRetries()).isEqualTo(7);
    assertThatIllegalArgumentException().isThrownBy(() -> call.setNumReturns(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> call.setNumGpus(1.5));
    assertThat(call.remote().get()).isEqualTo(2);
  }

  @Test
  void invokesFunctionsWithArgumentsOfUnknownTypes() throws Exception {
    RayFunc0<String> none = CallFormsTest::zero;
    RayFunc2<Counter, Integer, Integer> method = Counter::add;
    RayFuncVoid1<Integer> noResult = CallFormsTest::see;
    RayFunc7<Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer> seven =
        (a, b, c, d, e, f, g) -> a + b + c + d + e + f + g;
    @Nullable Object[] ones = {1, 1, 1, 1, 1, 1, 1};

    assertThat(none.invoke(RayFunc.NO_ARGUMENTS)).isEmpty();
    assertThat(method.invoke(new Object[] {new Counter(), 4})).isEqualTo(4);
    assertThat(noResult.invoke(new Object[] {9})).isNull();
    assertThat(seen).isEqualTo(9);
    assertThat(seven.invoke(ones)).isEqualTo(7);
    assertThat(List.of(none.arity(), method.arity(), noResult.arity(), seven.arity()))
        .containsExactly(0, 2, 1, 7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.invoke(ones))
        .withMessage("arguments: 7 (expected: 0)");
  }
}
