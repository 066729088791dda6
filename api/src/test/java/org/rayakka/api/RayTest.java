package org.rayakka.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rayakka.api.exception.RayAlreadyInitializedException;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RayNotInitializedException;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;

class RayTest {
  private static final ObjectRef<Integer> ELSEWHERE = new InlineRuntime(InitOptions.UNSET).ref(1);

  private InlineRuntime runtime = new InlineRuntime(InitOptions.UNSET);

  @BeforeEach
  void connect() {
    Ray.init();
    runtime = (InlineRuntime) Ray.internal();
  }

  @AfterEach
  void disconnect() {
    Ray.shutdown();
  }

  static int increment(int x) {
    return x + 1;
  }

  static Stream<Arguments> calls() {
    return Stream.of(
        call("put", () -> Ray.put(1)),
        call("get", () -> Ray.get(ELSEWHERE)),
        call("get of the reference", ELSEWHERE::get),
        call("get of a list", () -> Ray.get(List.of(ELSEWHERE))),
        call("wait", () -> Ray.wait(List.of(ELSEWHERE))),
        call("task", () -> Ray.task(RayTest::increment, 1).remote()),
        call("actor", () -> Ray.actor(Object::new).remote()),
        call("getActor", () -> Ray.getActor("a")),
        call("getRuntimeContext", Ray::getRuntimeContext),
        call("getGpuIds", Ray::getGpuIds),
        call("errorInfo", Ray::errorInfo),
        call("exitActor", Ray::exitActor),
        call("cancel", () -> Ray.cancel(ELSEWHERE)),
        call("toFuture", ELSEWHERE::toFuture),
        call("internal", Ray::internal));
  }

  private static Arguments call(String name, ThrowingCallable call) {
    return Arguments.of(name, call);
  }

  // row 36
  @ParameterizedTest(name = "{0}")
  @MethodSource("calls")
  void tellsToCallInitFirst(String name, ThrowingCallable call) {
    Ray.shutdown();

    assertThat(Ray.isInitialized()).as(name).isFalse();
    assertThatThrownBy(call)
        .isInstanceOf(RayNotInitializedException.class)
        .isInstanceOf(RayException.class)
        .hasMessageContaining("Call Ray.init()");
  }

  // row 37
  @Test
  void suggestsThatInitWasCalledTwiceByAccident() {
    assertThatExceptionOfType(RayAlreadyInitializedException.class)
        .isThrownBy(Ray::init)
        .withMessageContaining("twice by accident");
    assertThat(Ray.internal()).isSameAs(runtime);
  }

  // row 34
  @Test
  void handsTheOptionsOnAndReturnsTheAddresses() {
    Ray.shutdown();
    InitOptions options = InitOptions.builder().setDriverMode(DriverMode.SILENT).build();

    assertThat(Ray.init(options).nodeIpAddress()).isEqualTo("127.0.0.1");
    assertThat(((InlineRuntime) Ray.internal()).initOptions).isSameAs(options);

    Ray.shutdown();
    Ray.init("head:6379");
    assertThat(((InlineRuntime) Ray.internal()).initOptions.address()).isEqualTo("head:6379");
  }

  @Test
  void shutsDownOnceAndMayConnectAnew() {
    Ray.shutdown();
    Ray.shutdown();

    assertThat(runtime.shutdowns).isEqualTo(1);
    Ray.init();
    assertThat(Ray.isInitialized()).isTrue();
    assertThat(Ray.internal()).isNotSameAs(runtime);
  }

  // rows 43, 46, 47, 58
  @Test
  void getsOneValueOrAListOfThemInOrder() {
    ObjectRef<Integer> one = Ray.put(1);
    ObjectRef<Integer> two = Ray.put(2);

    assertThat(Ray.get(one)).isEqualTo(1);
    assertThat(Ray.get(List.of(two, one, two))).containsExactly(2, 1, 2);
    List<Object> mixed = Ray.get(List.<ObjectRef<?>>of(one, Ray.put("a")));
    assertThat(mixed).containsExactly(1, "a");
    assertThat(Ray.<@Nullable String>put(null).get()).isNull();
  }

  // row 49
  @Test
  void refusesToPutAReferenceAndHintsAtAList() {
    ObjectRef<Integer> one = Ray.put(1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ray.put(one))
        .withMessageContaining("wrap it in a list");
    assertThat(Ray.put(List.of(one)).get()).containsExactly(one);
  }

  @Test
  void passesTimeoutsInMillisecondsRoundedUp() {
    ObjectRef<Integer> one = Ray.put(1);
    one.get();
    one.get(20);
    one.get(Duration.ofNanos(1_000_001));
    Ray.get(one, Duration.ofSeconds(Long.MAX_VALUE));
    Ray.get(List.of(one), Duration.ZERO);
    Ray.wait(List.of(one), 1, 2_500);
    Ray.wait(List.of(one), 1, Duration.ofMillis(3));

    assertThat(runtime.timeouts).containsExactly(-1L, 20L, 2L, -1L, 0L, 2_500L, 3L);
  }

  @Test
  void refusesNegativeTimeouts() {
    ObjectRef<Integer> one = Ray.put(1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.get(-2))
        .withMessage("timeoutMs: -2 (expected: >= 0, or -1 for no limit)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ray.wait(List.of(one), 1, Duration.ofMillis(-1)))
        .withMessage("timeout: PT-0.001S (expected: >= 0)");
  }

  // rows 84, 97
  @Test
  void waitsForOneByDefaultAndForNoneOfNone() {
    List<ObjectRef<Integer>> refs = List.of(Ray.put(1), Ray.put(2), Ray.put(3));

    WaitResult<Integer> result = Ray.wait(refs);
    WaitResult<Integer> nothing = Ray.wait(List.of());

    assertThat(result.getReady()).containsExactly(refs.get(0));
    assertThat(result.getUnready()).containsExactly(refs.get(1), refs.get(2));
    assertThat(nothing.getReady()).isEmpty();
    assertThat(nothing.getUnready()).isEmpty();
  }

  // row 90
  @Test
  void refusesToWaitForOneReferenceTwice() {
    ObjectRef<Integer> one = Ray.put(1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ray.wait(List.of(one, Ray.put(2), one)))
        .withMessage("refs: " + one.getId() + " is there twice (expected: each reference once)");
  }

  // row 90
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 127, 128, 1000})
  void findsTheOneThatIsThereTwiceAmongMany(int count) {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      refs.add(Ray.put(i));
    }

    assertThat(Ray.wait(refs, count - 1).getReady()).isEqualTo(refs);
    refs.add(refs.getFirst());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ray.wait(refs, count))
        .withMessageStartingWith("refs: " + refs.getFirst().getId() + " is there twice");
  }

  @Test
  void refusesAListThatIsLongerThanItSaid() {
    List<ObjectRef<Integer>> all = List.of(Ray.put(1), Ray.put(2), Ray.put(3), Ray.put(4));
    // What another thread appends to between its size() and its iterator() looks like this.
    List<ObjectRef<Integer>> grown =
        new AbstractList<>() {
          @Override
          public ObjectRef<Integer> get(int index) {
            return all.get(index);
          }

          @Override
          public int size() {
            return all.size() / 2;
          }

          @Override
          public Iterator<ObjectRef<Integer>> iterator() {
            return Stream.concat(all.stream(), Stream.of(Ray.put(5))).iterator();
          }
        };

    assertThatExceptionOfType(ConcurrentModificationException.class)
        .isThrownBy(() -> Ray.wait(grown));
  }

  // row 91
  @Test
  void refusesToWaitForMoreThanThereAre() {
    List<ObjectRef<Integer>> refs = List.of(Ray.put(1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ray.wait(refs, 2))
        .withMessage("numReturns: 2 (expected: 0 to 1, the number of references)");
    assertThatIllegalArgumentException().isThrownBy(() -> Ray.wait(refs, -1));
  }

  // rows 48, 97
  @Test
  @SuppressWarnings("NullAway") // What a program without null checking may do.
  void refusesNullForAReference() {
    ObjectRef<Integer> none = null;

    assertThatNullPointerException().isThrownBy(() -> Ray.get(none)).withMessage("ref");
    assertThatNullPointerException()
        .isThrownBy(() -> Ray.get(Arrays.asList(Ray.put(1), null)))
        .withMessage("refs[1]: null (expected: a reference)");
    assertThatNullPointerException().isThrownBy(() -> Ray.wait(null));
  }

  @Test
  void looksActorsUpByNameAndNamespace() {
    Optional<ActorHandle<String>> missing = Ray.getActor("missing");
    Optional<ActorHandle<String>> found = Ray.getActor("a", "b");

    assertThat(missing).isEmpty();
    assertThat(found.orElseThrow().task(String::length).remote().get()).isEqualTo(3);
  }

  @Test
  void killsForGoodUnlessToldOtherwise() {
    ActorHandle<Object> actor = Ray.actor(Object::new).remote();
    actor.kill();
    assertThat(runtime.killedForGood).isTrue();

    actor.kill(false);
    assertThat(runtime.killedForGood).isFalse();
  }

  @Test
  void givesAFutureOfAnObject() throws ExecutionException, InterruptedException {
    assertThat(Ray.put(5).toFuture().thenApply(x -> x + 1).get()).isEqualTo(6);
    assertThat(Ray.put(Map.of()).id()).isNotNull();
  }
}
