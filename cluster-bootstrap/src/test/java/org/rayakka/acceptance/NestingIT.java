package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;

/// Tasks that submit tasks and wait for them, on a node with one CPU and one worker.
@Timeout(90)
class NestingIT {
  @BeforeAll
  static void start() {
    Ray.init(Cluster.options(1).setNumWorkers(1).build());
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  static int identity(int x) {
    return x;
  }

  static long sleep(long millis) throws InterruptedException {
    return Cluster.work(millis);
  }

  static int sumOfChildren(int parent) {
    List<ObjectRef<Integer>> children = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      children.add(Ray.task(NestingIT::identity, parent + i).remote());
    }
    return Ray.get(children).stream().mapToInt(Integer::intValue).sum();
  }

  static long sleepOfChildren(int count) {
    List<ObjectRef<Long>> children = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      children.add(Ray.task(NestingIT::sleep, 100L).remote());
    }
    return Ray.get(children).stream().mapToLong(Long::longValue).sum();
  }

  static long factorial(long n) {
    return n == 0 ? 1 : n * Ray.task(NestingIT::factorial, n - 1).remote().get();
  }

  static List<Long> waitForIt(List<ObjectRef<Long>> refs) {
    return Ray.wait(refs).getReady().stream().map(ObjectRef::get).toList();
  }

  static List<Long> getIt(List<ObjectRef<Long>> refs) {
    return Ray.get(refs);
  }

  static int depth(int levels) {
    return levels == 0 ? 0 : 1 + Ray.task(NestingIT::depth, levels - 1).remote().get();
  }

  static List<ObjectRef<Integer>> children(int count) {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      refs.add(Ray.task(NestingIT::identity, i).remote());
    }
    return refs;
  }

  static boolean nestedIsStillAReference(List<Object> argument) {
    return argument.getFirst() instanceof ObjectRef<?>;
  }

  // row 77
  @Test
  void sumsTheResultsOfNestedTasks() {
    List<ObjectRef<Integer>> experiments = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      experiments.add(Ray.task(NestingIT::sumOfChildren, i).remote());
    }

    assertThat(Ray.get(experiments)).containsExactly(45, 55, 65, 75, 85);
  }

  // row 17
  @Test
  void runsAHundredTasksThatEachBlockOnTenChildren() {
    List<ObjectRef<Integer>> parents = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      parents.add(Ray.task(NestingIT::sumOfChildren, i).remote());
    }

    List<Integer> sums = Ray.get(parents, TimeUnit.SECONDS.toMillis(80));

    for (int i = 0; i < 100; i++) {
      assertThat(sums.get(i)).isEqualTo((10 * i) + 45);
    }
  }

  // row 17
  @Test
  void runsTheChildrenOfABlockedTaskOneByOneOnItsCpu() {
    long start = System.nanoTime();

    assertThat(Ray.task(NestingIT::sleepOfChildren, 10).remote().get()).isEqualTo(1_000);

    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThan(990);
  }

  @Test
  void callsItself() {
    List<ObjectRef<Long>> refs = new ArrayList<>();
    for (long n = 0; n <= 5; n++) {
      refs.add(Ray.task(NestingIT::factorial, n).remote());
    }

    assertThat(Ray.get(refs)).containsExactly(1L, 1L, 2L, 6L, 24L, 120L);
  }

  @Test
  void nestsTwentyFiveDeep() {
    assertThat(Ray.task(NestingIT::depth, 25).remote().get()).isEqualTo(25);
  }

  // row 68
  @Test
  void passesReferencesInsideAListOnAsReferences() {
    List<Object> nested = new ArrayList<>(Collections.singletonList(Ray.put(1)));

    assertThat(Ray.task(NestingIT::nestedIsStillAReference, nested).remote().get()).isTrue();
    assertThat(Ray.task(NestingIT::nestedIsStillAReference, Ray.put(nested)).remote().get())
        .isTrue();
  }

  // row 68
  @Test
  void wakesAllWhoWaitForOneObject() {
    List<ObjectRef<Long>> one = List.of(Ray.task(NestingIT::sleep, 500L).remote());
    List<ObjectRef<List<Long>>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(Ray.task(NestingIT::waitForIt, one).remote());
      waiting.add(Ray.task(NestingIT::getIt, one).remote());
    }

    assertThat(Ray.get(waiting)).hasSize(8).containsOnly(List.of(500L));
  }

  // rows 50, 77
  @Test
  void returnsReferencesToTasksThatItDidNotWaitFor() {
    List<ObjectRef<Integer>> refs = Ray.task(NestingIT::children, 20).remote().get();

    assertThat(Ray.get(refs)).isEqualTo(Cluster.range(0, 20));
  }
}
