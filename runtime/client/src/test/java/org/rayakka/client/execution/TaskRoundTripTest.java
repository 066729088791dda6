package org.rayakka.client.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.WaitResult;
import org.rayakka.api.exception.RayActorException;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.exception.RayTimeoutException;
import org.rayakka.api.exception.TaskCancelledException;
import org.rayakka.api.function.RayFunc0;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.TaskId;
import org.rayakka.api.options.CallOptions;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;
import org.rayakka.api.runtime.RayRuntime;
import org.rayakka.api.runtime.RuntimeHolder;
import org.rayakka.client.submission.DriverRuntime;
import org.rayakka.client.submission.ScriptedNode;

/// A driver and a worker in this process, at a scripted node.
@Timeout(60)
class TaskRoundTripTest {
  @TempDir private Path directory;
  private ScriptedNode node;
  private Worker worker;
  private CompletableFuture<Worker.Ending> ending;

  static CountDownLatch gate = new CountDownLatch(1);
  static CountDownLatch entered = new CountDownLatch(1);
  static final AtomicInteger RUNS = new AtomicInteger();

  @BeforeEach
  void start() {
    gate = new CountDownLatch(1);
    entered = new CountDownLatch(1);
    RUNS.set(0);
    node = ScriptedNode.start(directory);
    worker = Worker.connect(directory, 1, getClass().getClassLoader());
    ending = worker.start();
    RuntimeHolder.install(
        DriverRuntime.connect(
            node, InitOptions.builder().setDriverMode(DriverMode.SILENT).build()));
  }

  @AfterEach
  void stop() {
    gate.countDown();
    RayRuntime runtime = RuntimeHolder.uninstall();
    if (runtime != null) {
      runtime.shutdown();
    }
    node.close();
  }

  static int add(int a, int b) {
    return a + b;
  }

  static int one() {
    return 1;
  }

  static @Nullable Object nothing() {
    return null;
  }

  static byte[] bytes(int length) {
    return new byte[length];
  }

  static int length(byte[] bytes) {
    return bytes.length;
  }

  static int fail(String message) {
    throw new IllegalStateException(message);
  }

  static int failTwice() {
    if (RUNS.incrementAndGet() < 3) {
      throw new IllegalStateException("not yet");
    }
    return RUNS.get();
  }

  static int waitAtGate() throws InterruptedException {
    entered.countDown();
    gate.await();
    return 1;
  }

  static int sumOf(List<ObjectRef<Integer>> refs) {
    return Ray.get(refs).stream().mapToInt(Integer::intValue).sum();
  }

  static int children(int n) {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      refs.add(Ray.task(TaskRoundTripTest::add, i, 1).remote());
    }
    return Ray.get(refs).stream().mapToInt(Integer::intValue).sum();
  }

  static Object bareReference() {
    return Ray.put(1);
  }

  static List<Integer> three() {
    return List.of(1, 2, 3);
  }

  static int depth(int n) {
    return n == 0 ? 0 : Ray.task(TaskRoundTripTest::depth, n - 1).remote().get() + 1;
  }

  static TaskId self() {
    return Ray.getRuntimeContext().getCurrentTaskId();
  }

  static final class Meeting {
    private final CountDownLatch latch;
    private final int size;

    Meeting(int size) {
      this.size = size;
      latch = new CountDownLatch(size);
    }

    int meet() throws InterruptedException {
      latch.countDown();
      latch.await();
      return size;
    }

    ActorId actorInThread() throws InterruptedException {
      AtomicReference<ActorId> found = new AtomicReference<>(ActorId.NIL);
      Thread thread =
          Thread.ofPlatform().start(() -> found.set(Ray.getRuntimeContext().getCurrentActorId()));
      thread.join();
      return found.get();
    }
  }

  static final class Counter {
    private int value;

    Counter(int start) {
      value = start;
    }

    int increment(int by) {
      value += by;
      return value;
    }

    int quit() {
      Ray.exitActor();
      return 1;
    }
  }

  // rows 60, 65-67, 75
  @Test
  void runsTasksOnValuesAndReferences() {
    ObjectRef<Integer> two = Ray.put(2);

    ObjectRef<Integer> three = Ray.task(TaskRoundTripTest::add, 1, two).remote();
    ObjectRef<Integer> six = Ray.task(TaskRoundTripTest::add, three, three).remote();

    assertThat(six.get()).isEqualTo(6);
    assertThat(three.get()).isEqualTo(3);
    assertThat(Ray.get(Ray.task(TaskRoundTripTest::nothing).remote())).isNull();
  }

  // rows 46, 47
  @Test
  void getsManyInOrderAndTwice() {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      refs.add(Ray.task(TaskRoundTripTest::add, i, 1).remote());
    }
    refs.add(refs.getFirst());

    List<Integer> values = Ray.get(refs);

    assertThat(values).hasSize(501).startsWith(1, 2, 3).endsWith(500, 1);
  }

  @Test
  void sendsCapturedValuesWithTheTask() {
    int base = 40;
    String text = "captured";

    ObjectRef<String> ref = Ray.task((Integer n) -> text + (base + n), 2).remote();

    assertThat(ref.get()).isEqualTo("captured42");
  }

  // rows 56, 179
  @Test
  void putsLargeArgumentsIntoTheStore() {
    byte[] large = new byte[300_000];

    assertThat(Ray.task(TaskRoundTripTest::length, large).remote().get()).isEqualTo(300_000);

    // Only the task refers to the argument: what keeps it is the task, which comes first.
    node.awaitJournal(journal ->
        journal.contains("released")
            && journal.indexOf("submitted TASK") < journal.indexOf("released"));
    assertThat(Ray.task(TaskRoundTripTest::bytes, 5_000_000).remote().get()).hasSize(5_000_000);
  }

  // rows 69-71
  @Test
  void returnsSeveralObjects() {
    List<ObjectRef<?>> refs =
        Ray.internal()
            .submitTaskOfMany(
                (RayFunc0<List<Integer>>) TaskRoundTripTest::three,
                new Object[0],
                CallOptions.builder().setNumReturns(3).build());

    assertThat(refs).hasSize(3);
    assertThat(refs.get(2).get()).isEqualTo(3);
  }

  // rows 84-92
  @Test
  void waitsForSome() {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    refs.add(Ray.task(TaskRoundTripTest::waitAtGate).remote());
    refs.add(Ray.task(TaskRoundTripTest::one).remote());
    refs.add(Ray.task(TaskRoundTripTest::one).remote());

    WaitResult<Integer> first = Ray.wait(refs);
    WaitResult<Integer> timedOut = Ray.wait(refs, 3, 50);
    gate.countDown();
    WaitResult<Integer> all = Ray.wait(refs, 3);

    assertThat(first.getReady()).hasSize(1);
    assertThat(first.getUnready()).hasSize(2).contains(refs.getFirst());
    assertThat(timedOut.getReady()).hasSize(2);
    assertThat(all.getUnready()).isEmpty();
  }

  @Test
  void timesOut() {
    ObjectRef<Integer> ref = Ray.task(TaskRoundTripTest::waitAtGate).remote();

    assertThatThrownBy(() -> ref.get(30))
        .isInstanceOf(RayTimeoutException.class)
        .hasMessageContaining("30 ms");
    gate.countDown();

    assertThat(ref.get()).isEqualTo(1);
  }

  // rows 99, 105
  @Test
  void rethrowsWhatATaskThrewAndGoesOn() {
    ObjectRef<Integer> ref = Ray.task(TaskRoundTripTest::fail, "broken").remote();

    assertThatThrownBy(ref::get)
        .isInstanceOfSatisfying(
            RayTaskException.class,
            e -> {
              assertThat(e.functionName()).isEqualTo("TaskRoundTripTest.fail");
              assertThat(e.causeClassName()).isEqualTo("java.lang.IllegalStateException");
              assertThat(e.remoteStackTrace()).contains("TaskRoundTripTest.fail(");
              assertThat(e.getCause())
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("broken");
            });
    assertThat(Ray.task(TaskRoundTripTest::one).remote().get()).isEqualTo(1);
    node.awaitJournal(journal -> journal.contains("error in TaskRoundTripTest.fail"));
  }

  // row 103
  @Test
  void namesTheArgumentThatFailed() {
    ObjectRef<Integer> bad = Ray.task(TaskRoundTripTest::fail, "origin").remote();
    ObjectRef<Integer> next = Ray.task(TaskRoundTripTest::add, 1, bad).remote();

    assertThatThrownBy(next::get)
        .isInstanceOf(RayTaskException.class)
        .hasMessageContaining("argument 1")
        .hasMessageContaining("origin")
        .cause()
        .isInstanceOf(RayTaskException.class)
        .cause()
        .hasMessage("origin");
  }

  @Test
  void doesNotWaitForTheOthersWhenOneFailed() {
    List<ObjectRef<Integer>> refs =
        List.of(
            Ray.task(TaskRoundTripTest::fail, "early").remote(),
            Ray.task(TaskRoundTripTest::waitAtGate).remote());

    assertThatThrownBy(() -> Ray.get(refs)).hasMessageContaining("early");
    assertThat(gate.getCount()).isEqualTo(1);
  }

  // row 49
  @Test
  void refusesABareReferenceAsResult() {
    assertThatThrownBy(() -> Ray.task(TaskRoundTripTest::bareReference).remote().get())
        .hasMessageContaining("wrap it in a list");
  }

  // row 68
  @Test
  void passesNestedReferencesOn() {
    List<ObjectRef<Integer>> refs = List.of(Ray.put(3), Ray.put(4));

    ObjectRef<Integer> sum = Ray.task(TaskRoundTripTest::sumOf, refs).remote();

    assertThat(sum.get()).isEqualTo(7);
  }

  @Test
  void runsAgainWhatMayBeRunAgain() {
    ObjectRef<Integer> ref =
        Ray.task(TaskRoundTripTest::failTwice).setMaxRetries(5).setRetryExceptions(true).remote();

    assertThat(ref.get()).isEqualTo(3);
    assertThat(node.journal()).doesNotContain("error in TaskRoundTripTest.failTwice");
  }

  // row 77
  @Test
  void handsBackWhatIsQueuedBehindABlockedTask() {
    node.useOneLane();

    ObjectRef<Integer> parent = Ray.task(TaskRoundTripTest::children, 10).remote();

    assertThat(parent.get()).isEqualTo(55);
    List<String> journal = node.awaitJournal(entries -> entries.contains("unblocked"));
    assertThat(journal).anyMatch(entry -> entry.startsWith("blocked, returned"));
  }

  @Test
  void recallsWhatIsNotStarted() throws InterruptedException {
    node.useOneLane();
    ObjectRef<Integer> running = Ray.task(TaskRoundTripTest::waitAtGate).remote();
    entered.await();
    List<ObjectRef<Integer>> queued = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      queued.add(Ray.task(TaskRoundTripTest::one).remote());
    }
    node.awaitJournal(entries -> node.submittedTasks() == 6);

    node.recall(0, 3);

    node.awaitJournal(entries -> entries.contains("recalled 3"));
    assertThat(Ray.wait(queued, 3).getReady()).hasSize(3);
    gate.countDown();
    assertThat(Ray.get(queued)).hasSize(5);
    assertThat(running.get()).isEqualTo(1);
  }

  @Test
  void cancelsQueuedAndRunningTasks() throws InterruptedException {
    node.useOneLane();
    ObjectRef<Integer> running = Ray.task(TaskRoundTripTest::waitAtGate).remote();
    entered.await();
    ObjectRef<Integer> queued = Ray.task(TaskRoundTripTest::one).remote();
    node.awaitJournal(entries -> node.submittedTasks() == 2);

    node.cancel(queued.getId().taskId());
    assertThatThrownBy(queued::get).isInstanceOf(TaskCancelledException.class);
    node.cancel(running.getId().taskId());
    assertThatThrownBy(running::get).isInstanceOf(TaskCancelledException.class);

    assertThat(Ray.task(TaskRoundTripTest::one).remote().get()).isEqualTo(1);
    node.awaitJournal(
        entries -> entries.stream().filter("finished CANCELLED"::equals).count() == 2);
  }

  // rows 111, 115, 116
  @Test
  void callsAnActorInOrder() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 10).remote();
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      refs.add(counter.task(Counter::increment, 1).remote());
    }

    assertThat(Ray.get(refs)).isEqualTo(IntStream.rangeClosed(11, 110).boxed().toList());
  }

  // ActorConcurrentCallTest
  @Test
  void runsSeveralCallsOfAnActorAtOnceWhenItAllowsIt() {
    ActorHandle<Meeting> meeting = Ray.actor(Meeting::new, 3).setMaxConcurrency(3).remote();
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      refs.add(meeting.task(Meeting::meet).remote());
    }

    assertThat(Ray.get(refs)).containsExactly(3, 3, 3);
  }

  // MultiThreadingTest
  @Test
  void knowsItsActorInThreadsThatItStarts() {
    ActorHandle<Meeting> meeting = Ray.actor(Meeting::new, 1).remote();

    assertThat(meeting.task(Meeting::actorInThread).remote().get()).isEqualTo(meeting.getId());
  }

  // row 17
  @Test
  void nestsDeeply() {
    assertThat(Ray.task(TaskRoundTripTest::depth, 30).remote().get()).isEqualTo(30);
  }

  // rows 36, 178: ids derive from what a task is
  @Test
  void tellsATaskWhatItIs() {
    ObjectRef<TaskId> ref = Ray.task(TaskRoundTripTest::self).remote();

    assertThat(ref.get()).isEqualTo(ref.getId().taskId());
    assertThat(Ray.getRuntimeContext().getNamespace()).isEqualTo("tests");
  }

  @Test
  void failsTheCallInWhichAnActorExits() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 0).remote();

    assertThatThrownBy(() -> Ray.get(counter.task(Counter::quit).remote()))
        .isInstanceOf(RayActorException.class);

    node.awaitJournal(entries -> entries.contains("finished ACTOR_EXITED"));
  }

  @Test
  void completesFutures() throws Exception {
    CompletableFuture<Integer> sum =
        Ray.task(TaskRoundTripTest::waitAtGate)
            .remote()
            .toFuture()
            .thenCombine(Ray.task(TaskRoundTripTest::one).remote().toFuture(), Integer::sum);
    CompletableFuture<Integer> failing =
        Ray.task(TaskRoundTripTest::fail, "in a future").remote().toFuture();

    assertThat(sum).isNotDone();
    gate.countDown();

    assertThat(sum.get(10, TimeUnit.SECONDS)).isEqualTo(2);
    assertThatThrownBy(() -> failing.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(RayTaskException.class);
  }

  @Test
  void asksTheNodeForWhatDoesNotCome() {
    node.holdTasks();
    ObjectRef<Integer> ref = Ray.task(TaskRoundTripTest::one).remote();

    assertThatThrownBy(() -> ref.get(300)).isInstanceOf(RayTimeoutException.class);

    assertThat(node.journal()).contains("need 1");
    node.releaseTasks();
    assertThat(ref.get()).isEqualTo(1);
  }

  @Test
  void survivesAnInterruptOfTheWaitingThread() {
    ObjectRef<Integer> ref = Ray.task(TaskRoundTripTest::waitAtGate).remote();

    Thread.currentThread().interrupt();
    assertThatThrownBy(ref::get)
        .isInstanceOf(RayException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    Thread.currentThread().interrupt();
    ObjectRef<Integer> other = Ray.task(TaskRoundTripTest::one).remote();
    assertThat(Thread.interrupted()).isTrue();
    gate.countDown();

    assertThat(ref.get() + other.get()).isEqualTo(2);
  }

  @Test
  void saysThatTheNodeIsGone() {
    ObjectRef<Integer> ref = Ray.task(TaskRoundTripTest::waitAtGate).remote();
    assertThatThrownBy(() -> ref.get(20)).isInstanceOf(RayTimeoutException.class);

    node.die();

    assertThatThrownBy(ref::get)
        .isInstanceOf(RaySystemException.class)
        .hasMessageContaining("node");
    assertThat(ending.join()).isEqualTo(Worker.Ending.NODE_GONE);
  }

  @Test
  void stopsWhenToldTo() {
    assertThat(Ray.task(TaskRoundTripTest::one).remote().get()).isEqualTo(1);

    node.stopWorkers();

    assertThat(ending.join()).isEqualTo(Worker.Ending.STOPPED);
  }

  @Test
  void releasesWhatNobodyHolds() {
    for (int i = 0; i < 2_000; i++) {
      Ray.put(i);
    }
    List<ObjectRef<Integer>> escaped = List.of(Ray.put(1));
    Ray.task(TaskRoundTripTest::sumOf, escaped).remote().get();

    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (node.released() < 2_000 && System.nanoTime() < deadline) {
      System.gc();
      node.awaitJournal(entries -> entries.contains("released"));
    }

    assertThat(node.released()).isBetween(2_000, 2_001);
  }
}
