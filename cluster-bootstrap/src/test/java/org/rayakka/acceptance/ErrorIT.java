package org.rayakka.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ErrorInfo;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayActorException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.options.DriverMode;

/// Tasks that fail: what the caller sees, what is printed, what is recorded.
@Timeout(60)
class ErrorIT {
  private static final PrintStream STANDARD_ERROR = System.err;
  private static final ByteArrayOutputStream PRINTED = new ByteArrayOutputStream();

  @BeforeAll
  static void start() {
    System.setErr(new PrintStream(PRINTED, true, UTF_8));
    Ray.init(Cluster.options(4).setDriverMode(DriverMode.SCRIPT).build());
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
    System.setErr(STANDARD_ERROR);
  }

  /// An exception with a field of its own.
  static class OrderException extends RuntimeException {
    final int order;

    OrderException(String message, int order) {
      super(message);
      this.order = order;
    }
  }

  /// Throws in its constructor or its method, as it is told.
  static class Moody {
    Moody(boolean isBroken) {
      if (isBroken) {
        throw new IllegalStateException("no constructor today");
      }
    }

    int fail() {
      throw new IllegalStateException("no method today");
    }

    int succeed() {
      return 1;
    }
  }

  static int fail(String message) {
    throw new OrderException(message, 42);
  }

  static int[] failThrice() {
    throw new IllegalStateException("three times no");
  }

  static int add(int a, int b) {
    return a + b;
  }

  static long sleep(long millis) throws InterruptedException {
    return Cluster.work(millis);
  }

  static int failNested(String message) {
    return Ray.task(ErrorIT::fail, message).remote().get();
  }

  static int overflow(int x) {
    return x < 0 ? 0 : overflow((x + 1) & Integer.MAX_VALUE) + 1;
  }

  @SuppressWarnings("DoNotCallSuggester") // It is called, elsewhere.
  static int error(String message) {
    throw new AssertionError(message);
  }

  private static RayTaskException failure(ObjectRef<?> ref) {
    return catchThrowableOfType(RayTaskException.class, () -> ref.get(20_000));
  }

  // row 98
  @Test
  void printsAnErrorThatNobodyAskedFor() throws Exception {
    Ray.task(ErrorIT::fail, "printed without a get").remote();

    Await.until(
        "the error on standard error",
        Duration.ofSeconds(5),
        () -> PRINTED.toString(UTF_8).contains("printed without a get"));
    assertThat(PRINTED.toString(UTF_8)).contains("ErrorIT.fail").contains("Ray.errorInfo()");
  }

  // row 99
  @Test
  void throwsWhatTheTaskThrew() {
    RayTaskException failure = failure(Ray.task(ErrorIT::fail, "out of stock").remote());

    assertThat(failure).hasMessageContaining("out of stock");
    assertThat(failure.functionName()).isEqualTo("ErrorIT.fail");
    assertThat(failure.remoteStackTrace()).contains("ErrorIT.java").contains("fail");
    assertThat(failure.causeClassName()).isEqualTo(OrderException.class.getName());
    assertThat(failure.getCause())
        .isInstanceOfSatisfying(
            OrderException.class,
            cause -> {
              assertThat(cause).hasMessage("out of stock");
              assertThat(cause.order).isEqualTo(42);
            });
  }

  // row 99
  @Test
  void throwsErrorsToo() {
    assertThat(failure(Ray.task(ErrorIT::error, "no exception").remote()))
        .hasCauseInstanceOf(AssertionError.class);
    assertThat(failure(Ray.task(ErrorIT::overflow, 0).remote()).causeClassName())
        .isEqualTo(StackOverflowError.class.getName());
  }

  // row 100
  @Test
  void failsEveryObjectOfATask() {
    List<ObjectRef<?>> refs = Ray.task(ErrorIT::failThrice).setNumReturns(3).remoteList();

    assertThat(refs)
        .hasSize(3)
        .allSatisfy(ref -> assertThat(failure(ref)).hasMessageContaining("three times no"));
  }

  // row 101
  @Test
  void recordsEachErrorWithinASecond() throws Exception {
    ObjectRef<Integer> first = Ray.task(ErrorIT::fail, "recorded 1").remote();
    ObjectRef<Integer> second = Ray.task(ErrorIT::fail, "recorded 2").remote();
    failure(first);
    failure(second);

    Await.until(
        "two errors in the list", Duration.ofSeconds(2), () -> recorded("recorded ").size() == 2);

    ErrorInfo error = recorded("recorded 1").getFirst();
    assertThat(error.type()).isEqualTo("task");
    assertThat(error.taskId()).isEqualTo(first.getId().taskId());
    assertThat(error.jobId()).isEqualTo(Ray.getRuntimeContext().getCurrentJobId());
  }

  private static List<ErrorInfo> recorded(String text) {
    return Ray.errorInfo().stream().filter(error -> error.message().contains(text)).toList();
  }

  // row 103
  @Test
  void failsATaskWhoseArgumentFailed() {
    ObjectRef<Integer> bad = Ray.task(ErrorIT::fail, "bad argument").remote();
    ObjectRef<Integer> sum = Ray.task(ErrorIT::add, Ray.put(1), bad).remote();

    RayTaskException failure = failure(sum);

    assertThat(failure).hasMessageContaining("argument 1").hasMessageContaining("bad argument");
    assertThat(failure.functionName()).isEqualTo("ErrorIT.add");
    assertThat(failure(Ray.task(ErrorIT::add, sum, 1).remote()))
        .hasStackTraceContaining("bad argument");
  }

  // row 105
  @Test
  void leavesTheWorkerUsable() {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      refs.add(Ray.task(ErrorIT::fail, "again").remote());
      refs.add(Ray.task(ErrorIT::add, i, 0).remote());
    }

    for (int i = 0; i < 50; i++) {
      assertThat(refs.get((2 * i) + 1).get(20_000)).isEqualTo(i);
      failure(refs.get(2 * i));
    }
  }

  @Test
  void keepsTheCauseOfANestedFailure() {
    RayTaskException failure = failure(Ray.task(ErrorIT::failNested, "deep down").remote());

    assertThat(failure.getCause()).isInstanceOf(RayTaskException.class);
    assertThat(Objects.requireNonNull(failure.getCause()).getCause())
        .isInstanceOf(OrderException.class)
        .hasMessage("deep down");
  }

  @Test
  void failsAGetOfSeveralAsSoonAsOneFails() {
    ObjectRef<Integer> bad = Ray.task(ErrorIT::fail, "at once").remote();
    ObjectRef<Long> slow = Ray.task(ErrorIT::sleep, 10_000L).remote();
    long start = System.nanoTime();

    assertThatThrownBy(() -> Ray.get(List.<ObjectRef<? extends Number>>of(slow, bad)))
        .isInstanceOf(RayTaskException.class);

    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(5);
    Ray.cancel(slow);
  }

  @Test
  void storesAnExceptionLikeAnyValue() {
    OrderException stored = Ray.put(new OrderException("kept", 7)).get();

    assertThat(stored).hasMessage("kept");
    assertThat(stored.order).isEqualTo(7);
  }

  @Test
  void recordsWhatAnActorThrows() throws Exception {
    ActorHandle<Moody> broken = Ray.actor(Moody::new, true).remote();
    ActorHandle<Moody> moody = Ray.actor(Moody::new, false).remote();

    assertThat(failure(moody.task(Moody::fail).remote())).hasMessageContaining("no method today");
    assertThat(moody.task(Moody::succeed).remote().get(20_000)).isEqualTo(1);
    assertThatThrownBy(() -> broken.task(Moody::succeed).remote().get(20_000))
        .isInstanceOf(RayActorException.class);

    Await.until(
        "both errors in the list",
        Duration.ofSeconds(5),
        () ->
            !recorded("no constructor today").isEmpty() && !recorded("no method today").isEmpty());
  }

  @Test
  void runsATaskAgainThatMayThrow() {
    assertThatThrownBy(() ->
            Ray.task(ErrorIT::fail, "retried")
                .setMaxRetries(2)
                .setRetryExceptions(true)
                .remote()
                .get(20_000))
        .isInstanceOf(RayTaskException.class);
  }
}
