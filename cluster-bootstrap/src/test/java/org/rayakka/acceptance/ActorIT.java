package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.PendingCallsLimitExceededException;
import org.rayakka.api.exception.RayActorException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.exception.RayTimeoutException;
import org.rayakka.api.options.InitOptions;

/// Objects that live in workers and answer calls.
@Timeout(60)
class ActorIT {
  private static final InitOptions OPTIONS = Cluster.options(4).setNamespace("acceptance").build();

  @BeforeAll
  static void start() {
    Ray.init(OPTIONS);
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  /// What may be called from any class that implements it.
  interface Named {
    String name();

    default String greeting() {
      return "I am " + name();
    }
  }

  static class Base {
    protected int value;

    int get() {
      return value;
    }
  }

  static class Counter extends Base implements Named {
    Counter() {}

    Counter(int start) {
      value = start;
    }

    static Counter startingAt(int start) {
      return new Counter(start);
    }

    int add(int delta) {
      value += delta;
      return value;
    }

    void reset() {
      value = 0;
    }

    int addAll(List<ObjectRef<Integer>> refs) {
      Ray.get(refs).forEach(x -> value += x);
      return value;
    }

    long pid() {
      return Cluster.pid();
    }

    long sleep(long millis) throws InterruptedException {
      return Cluster.work(millis);
    }

    int fail(String message) {
      throw new IllegalArgumentException(message);
    }

    int exit() {
      Ray.exitActor();
      return 0;
    }

    int length(NdArray array) {
      return (int) array.size();
    }

    int lengthOf(byte[] array) {
      return array.length;
    }

    boolean isItself() {
      return Ray.getRuntimeContext()
          .getCurrentActorId()
          .equals(Ray.getRuntimeContext().<ActorHandle<Counter>>getCurrentActorHandle().getId());
    }

    boolean restarted() {
      return Ray.getRuntimeContext().wasCurrentActorRestarted();
    }

    @Override
    public String name() {
      return "a counter";
    }
  }

  /// An actor whose constructor throws.
  static class Broken {
    Broken(String message) {
      throw new IllegalStateException(message);
    }

    int call() {
      return 1;
    }
  }

  /// Has what no serialiser can take: a thread that feeds a queue.
  static class Feeder {
    private final BlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
    private final Thread thread;

    Feeder() {
      thread =
          Thread.startVirtualThread(() -> {
            for (int i = 0; i < 1_000; i++) {
              queue.add(i);
            }
          });
    }

    int next() throws InterruptedException {
      return queue.take();
    }

    boolean hasThread() {
      return thread.isVirtual();
    }
  }

  /// Calls meet: each waits until three are in.
  static class Meeting {
    private final CountDownLatch all = new CountDownLatch(3);

    boolean arrive() throws InterruptedException {
      all.countDown();
      return all.await(20, TimeUnit.SECONDS);
    }
  }

  /// Lets nobody pass until it is open.
  static class Gate {
    private final CountDownLatch open = new CountDownLatch(1);

    boolean pass() throws InterruptedException {
      return open.await(20, TimeUnit.SECONDS);
    }

    boolean open() {
      open.countDown();
      return true;
    }
  }

  /// Uses the system from inside.
  static class Parent {
    private final ActorHandle<Counter> child;
    private final ObjectRef<Integer> fromConstructor;

    Parent(int start) {
      child = Ray.actor(Counter::new, start).remote();
      fromConstructor = Ray.task(ActorIT::increment, start).remote();
    }

    int addToChild(int delta) {
      return child.task(Counter::add, delta).remote().get();
    }

    int ofConstructor() {
      return fromConstructor.get();
    }

    List<Integer> tasks(int count) {
      List<ObjectRef<Integer>> refs = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        refs.add(Ray.task(ActorIT::increment, i).remote());
      }
      return Ray.get(refs);
    }

    ActorHandle<Counter> child() {
      return child;
    }
  }

  static int increment(int x) {
    return x + 1;
  }

  static long pid() {
    return Cluster.pid();
  }

  static int addTo(ActorHandle<Counter> counter, int delta) {
    return counter.task(Counter::add, delta).remote().get();
  }

  static int addToNested(List<ActorHandle<Counter>> counters, int delta) {
    return addTo(counters.getFirst(), delta);
  }

  static List<Integer> actorInTask(int start, int calls) {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, start).remote();
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      refs.add(counter.task(Counter::get).remote());
    }
    List<Integer> values = Ray.get(refs);
    counter.kill();
    return values;
  }

  static int killIt(ActorHandle<Counter> counter) {
    counter.kill();
    return 1;
  }

  private static void assertDead(ActorHandle<?> actor, ObjectRef<?> call) {
    assertThatThrownBy(() -> call.get(20_000))
        .isInstanceOfSatisfying(
            RayActorException.class, dead -> assertThat(dead.actorId()).isEqualTo(actor.getId()));
  }

  // rows 106, 107, 109, 111
  @Test
  void createsAnActorAndCallsIt() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 2).remote();

    assertThat(counter.task(Counter::add, 1).remote().get()).isEqualTo(3);
    assertThat(counter.task(Counter::get).remote().get()).isEqualTo(3);
    assertThat(counter.task(Counter::get).remote().get()).isEqualTo(3);
  }

  // rows 106, 122, 123
  @Test
  void createsAnActorByConstructorOrFactoryAndInheritsMethods() {
    ActorHandle<Counter> plain = Ray.actor(Counter::new).remote();
    ActorHandle<Counter> made = Ray.actor(Counter::startingAt, 6).remote();

    assertThat(plain.task(Counter::get).remote().get()).isZero();
    assertThat(made.task(Base::get).remote().get()).isEqualTo(6);
    assertThat(made.task(Named::greeting).remote().get()).isEqualTo("I am a counter");
  }

  // rows 108, 110, 114
  @Test
  void givesEachActorAProcessAndNoTaskRunsThere() {
    ActorHandle<Counter> first = Ray.actor(Counter::new, 1).remote();
    ActorHandle<Counter> second = Ray.actor(Counter::new, 1).remote();
    long firstPid = first.task(Counter::pid).remote().get();
    long secondPid = second.task(Counter::pid).remote().get();

    assertThat(firstPid).isNotEqualTo(secondPid).isNotEqualTo(Cluster.pid());
    assertThat(secondPid).isNotEqualTo(Cluster.pid());
    first.task(Counter::add, 5).remote();
    assertThat(second.task(Counter::get).remote().get()).isEqualTo(1);
    Set<Long> taskPids = new HashSet<>();
    List<ObjectRef<Long>> refs = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      refs.add(Ray.task(ActorIT::pid).remote());
    }
    taskPids.addAll(Ray.get(refs));
    assertThat(taskPids).doesNotContain(firstPid, secondPid);
    first.kill();
    second.kill();
  }

  // row 113
  @Test
  void runsMethodsOfTwoActorsInParallel() {
    ActorHandle<Counter> first = Ray.actor(Counter::new, 1).remote();
    ActorHandle<Counter> second = Ray.actor(Counter::new, 1).remote();
    Ray.get(List.of(first.task(Counter::get).remote(), second.task(Counter::get).remote()));
    long start = System.nanoTime();

    Ray.get(
        List.of(
            first.task(Counter::sleep, 1_000L).remote(),
            second.task(Counter::sleep, 1_000L).remote()));

    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(990L, 1_900L);
  }

  // row 115
  @Test
  void runsTheMethodsOfOneActorInTheOrderOfTheCalls() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 0).remote();
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      refs.add(counter.task(Counter::add, 1).remote());
    }

    assertThat(Ray.get(refs)).isEqualTo(Cluster.range(1, 1_001));
  }

  // row 116
  @Test
  void countsInTenActors() {
    List<ActorHandle<Counter>> counters = new ArrayList<>();
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      counters.add(Ray.actor(Counter::new, 0).remote());
    }
    counters.forEach(counter -> refs.add(counter.task(Counter::add, 1).remote()));
    assertThat(Ray.get(refs)).hasSize(10).containsOnly(1);

    refs.clear();
    for (int i = 0; i < 5; i++) {
      refs.add(counters.getFirst().task(Counter::add, 1).remote());
    }
    assertThat(Ray.get(refs)).containsExactly(2, 3, 4, 5, 6);
    refs.clear();
    counters.forEach(counter -> counter.task(Counter::reset).remote());
    for (int round = 0; round < 50; round++) {
      counters.forEach(counter -> refs.add(counter.task(Counter::add, 1).remote()));
    }
    List<Integer> values = Ray.get(refs);
    for (int round = 0; round < 50; round++) {
      assertThat(values.subList(10 * round, 10 * (round + 1))).containsOnly(round + 1);
    }
    counters.forEach(ActorHandle::kill);
  }

  // rows 54, 117
  @Test
  void takesReferencesInConstructorsAndMethods() {
    ObjectRef<Integer> five = Ray.task(ActorIT::increment, 4).remote();
    ActorHandle<Counter> counter = Ray.actor(Counter::startingAt, five).remote();

    assertThat(counter.task(Counter::add, five).remote().get()).isEqualTo(10);
    assertThat(counter.task(Counter::addAll, List.of(five, five)).remote().get()).isEqualTo(20);
    ObjectRef<NdArray> noise = Ray.put(NdArray.of(new double[500_000]));
    assertThat(counter.task(Counter::length, noise).remote().get()).isEqualTo(500_000);
    assertThat(counter.task(Counter::lengthOf, new byte[200_000]).remote().get())
        .isEqualTo(200_000);
  }

  // row 118
  @Test
  void keepsStateThatCannotBeSerialised() {
    ActorHandle<Feeder> feeder = Ray.actor(Feeder::new).remote();

    for (int i = 0; i < 10; i++) {
      assertThat(feeder.task(Feeder::next).remote().get()).isEqualTo(i);
    }
    assertThat(feeder.task(Feeder::hasThread).remote().get()).isTrue();
  }

  // row 124
  @Test
  void isCalledByWhoeverHoldsItsHandle() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 0).remote();

    assertThat(Ray.task(ActorIT::addTo, counter, 1).remote().get()).isEqualTo(1);
    assertThat(Ray.task(ActorIT::addToNested, List.of(counter), 1).remote().get()).isEqualTo(2);
    assertThat(counter.task(Counter::get).remote().get()).isEqualTo(2);
    assertThat(counter.task(Counter::isItself).remote().get()).isTrue();
  }

  @Test
  void usesTasksAndActorsItself() {
    ActorHandle<Parent> parent = Ray.actor(Parent::new, 3).remote();

    assertThat(parent.task(Parent::addToChild, 2).remote().get()).isEqualTo(5);
    assertThat(parent.task(Parent::ofConstructor).remote().get()).isEqualTo(4);
    assertThat(parent.task(Parent::tasks, 5).remote().get()).containsExactly(1, 2, 3, 4, 5);
    ActorHandle<Counter> child = parent.task(Parent::child).remote().get();
    assertThat(child.task(Counter::get).remote().get()).isEqualTo(5);
  }

  @Test
  void isCreatedByTasks() {
    List<ObjectRef<List<Integer>>> refs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      refs.add(Ray.task(ActorIT::actorInTask, i, 20).remote());
    }

    List<List<Integer>> values = Ray.get(refs);

    for (int i = 0; i < 4; i++) {
      assertThat(values.get(i)).hasSize(20).containsOnly(i);
    }
  }

  @Test
  void runsSeveralCallsAtOnceIfAllowed() {
    ActorHandle<Meeting> meeting = Ray.actor(Meeting::new).setMaxConcurrency(3).remote();
    List<ObjectRef<Boolean>> refs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      refs.add(meeting.task(Meeting::arrive).remote());
    }

    assertThat(Ray.get(refs, 30_000)).containsExactly(true, true, true);
  }

  @Test
  void failsACallThatThrowsAndGoesOn() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 1).remote();

    assertThatThrownBy(() -> counter.task(Counter::fail, "wrong").remote().get(20_000))
        .isInstanceOf(RayTaskException.class)
        .hasMessageContaining("wrong")
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThat(counter.task(Counter::get).remote().get()).isEqualTo(1);
  }

  @Test
  void failsAllCallsOfAnActorWhoseConstructorThrows() {
    ActorHandle<Broken> actor = Ray.actor(Broken::new, "cannot start").remote();

    assertThatThrownBy(() -> actor.task(Broken::call).remote().get(20_000))
        .isInstanceOf(RayActorException.class)
        .hasStackTraceContaining("cannot start");
    assertThatThrownBy(() -> actor.task(Broken::call).remote().get(20_000))
        .isInstanceOf(RayActorException.class);
  }

  @Test
  void givesUpOnACallWhenTimeIsUp() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 1).remote();
    counter.task(Counter::get).remote().get();
    ObjectRef<Long> slow = counter.task(Counter::sleep, 1_500L).remote();
    long start = System.nanoTime();

    assertThatThrownBy(() -> slow.get(500)).isInstanceOf(RayTimeoutException.class);

    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(490L, 1_400L);
    assertThat(slow.get(20_000)).isEqualTo(1_500L);
  }

  @Test
  void isFoundByItsName() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 7).setName("seven").remote();
    assertThat(counter.task(Counter::get).remote().get()).isEqualTo(7);

    Optional<ActorHandle<Counter>> found = Ray.getActor("seven");

    assertThat(found.orElseThrow().task(Counter::add, 1).remote().get()).isEqualTo(8);
    assertThat(found.orElseThrow().getId()).isEqualTo(counter.getId());
    assertThat(Ray.<ActorHandle<Counter>>getActor("seven", "acceptance")).isPresent();
    assertThat(Ray.<ActorHandle<Counter>>getActor("seven", "another")).isEmpty();
    assertThat(Ray.<ActorHandle<Counter>>getActor("eight")).isEmpty();
  }

  @Test
  void refusesANameThatALivingActorHas() throws Exception {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 7).setName("taken").remote();
    counter.task(Counter::get).remote().get();

    assertThatThrownBy(() -> Ray.actor(Counter::new, 7).setName("taken").remote())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("taken");
    counter.kill();
    Await.until(
        "the name to be free",
        Duration.ofSeconds(10),
        () -> Ray.<ActorHandle<Counter>>getActor("taken").isEmpty());
    assertThat(
            Ray.actor(Counter::new, 8).setName("taken").remote().task(Counter::get).remote().get())
        .isEqualTo(8);
  }

  @Test
  void diesWhenItIsKilledEvenInACall() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 7).remote();
    counter.task(Counter::get).remote().get();
    ObjectRef<Long> running = counter.task(Counter::sleep, 30_000L).remote();
    ObjectRef<Integer> queued = counter.task(Counter::get).remote();

    counter.kill();

    assertDead(counter, running);
    assertDead(counter, queued);
    assertDead(counter, counter.task(Counter::get).remote());
  }

  @Test
  void isKilledByATask() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 7).remote();
    counter.task(Counter::get).remote().get();

    assertThat(Ray.task(ActorIT::killIt, counter).remote().get(20_000)).isEqualTo(1);

    assertDead(counter, counter.task(Counter::get).remote());
  }

  @Test
  void startsAgainWhenItIsKilledAndHasRestarts() throws Exception {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 7).setMaxRestarts(1).remote();
    assertThat(counter.task(Counter::add, 1).remote().get()).isEqualTo(8);
    assertThat(counter.task(Counter::restarted).remote().get()).isFalse();

    counter.kill(false);

    Await.until(
        "a restarted actor",
        Duration.ofSeconds(20),
        () -> {
          try {
            return counter.task(Counter::restarted).remote().get(20_000);
          } catch (RayActorException restarting) {
            return false;
          }
        });
    assertThat(counter.task(Counter::get).remote().get(20_000)).isEqualTo(7);
    counter.kill(false);
    assertDead(counter, counter.task(Counter::get).remote());
  }

  @Test
  void endsItselfForGoodEvenWithRestartsLeft() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 7).setMaxRestarts(1_000).remote();
    counter.task(Counter::get).remote().get();

    ObjectRef<?> exit = counter.task(Counter::exit).remote();
    ObjectRef<?> behind = counter.task(Counter::get).remote();
    assertDead(counter, exit);
    assertDead(counter, behind);
    assertDead(counter, counter.task(Counter::get).remote());
  }

  @Test
  void refusesMoreCallsThanMayBePending() {
    ActorHandle<Gate> gate =
        Ray.actor(Gate::new).setMaxPendingCalls(10).setMaxConcurrency(20).setName("gate").remote();
    List<ObjectRef<Boolean>> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      calls.add(gate.task(Gate::pass).remote());
    }

    assertThatThrownBy(() -> gate.task(Gate::pass).remote())
        .isInstanceOf(PendingCallsLimitExceededException.class)
        .hasMessageContaining("10 calls pending");

    // Every handle counts its own, also one that was found or that has travelled.
    ActorHandle<Gate> found = Ray.<ActorHandle<Gate>>getActor("gate").orElseThrow();
    for (int i = 0; i < 9; i++) {
      calls.add(found.task(Gate::pass).remote());
    }
    assertThat(Ray.task(ActorIT::open, gate).remote().get(20_000)).isTrue();
    assertThat(Ray.get(calls, 20_000)).hasSize(19).containsOnly(true);
    // Results that nobody kept do not count either.
    for (int i = 0; i < 50; i++) {
      assertThat(gate.task(Gate::pass).remote().get(20_000)).isTrue();
    }
    gate.kill();
  }

  /// A call that may be made although others wait: those have to be let through by somebody.
  static boolean open(ActorHandle<Gate> gate) {
    List<ObjectRef<Boolean>> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      calls.add(gate.task(i == 0 ? Gate::open : Gate::pass).remote());
    }
    return Ray.get(calls).stream().allMatch(passed -> passed);
  }

  @Test
  void answersThousandsOfCallsFromManyCallers() {
    ActorHandle<Counter> counter = Ray.actor(Counter::new, 0).remote();
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      refs.add(Ray.task(ActorIT::addTo, counter, 1).remote());
      refs.add(counter.task(Counter::add, 1).remote());
    }

    assertThat(Ray.get(refs)).containsExactlyInAnyOrderElementsOf(Cluster.range(1, 401));
  }
}
