package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.WaitResult;

/// Waiting for some of several objects.
@Timeout(60)
class WaitIT {
  @BeforeAll
  static void start() {
    Cluster.start(8);
    Ray.get(sleeping(0, 0, 0, 0)); // The workers are up.
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  static long sleep(long millis) throws InterruptedException {
    return Cluster.work(millis);
  }

  static int number(int i) {
    return i;
  }

  static long fail(long x) {
    throw new IllegalStateException("failed " + x);
  }

  static List<Integer> waitInWorker() {
    List<ObjectRef<Long>> refs = sleeping(0, 20_000);
    WaitResult<Long> result = Ray.wait(refs, 2, 1_000);
    Ray.cancel(refs.get(1));
    return List.of(result.getReady().size(), result.getUnready().size());
  }

  private static List<ObjectRef<Long>> sleeping(long... millis) {
    List<ObjectRef<Long>> refs = new ArrayList<>();
    for (long each : millis) {
      refs.add(Ray.task(WaitIT::sleep, each).remote());
    }
    return refs;
  }

  private static long millisSince(long nanoTime) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanoTime);
  }

  // rows 84, 89, 92
  @Test
  void returnsTheFirstThatIsReadyAndTheRest() {
    List<ObjectRef<Long>> refs = sleeping(3_000, 0, 3_000, 3_000);

    WaitResult<Long> result = Ray.wait(refs);

    assertThat(result.getReady()).containsExactly(refs.get(1));
    assertThat(result.getUnready()).containsExactly(refs.get(0), refs.get(2), refs.get(3));
    WaitResult<Long> all = Ray.wait(refs, 4);
    assertThat(all.getReady()).containsExactlyInAnyOrderElementsOf(refs);
    assertThat(all.getUnready()).isEmpty();
  }

  // row 85
  @Test
  void waitsForAsManyAsAsked() {
    List<ObjectRef<Long>> refs = sleeping(0, 700, 6_000);
    long start = System.nanoTime();

    WaitResult<Long> result = Ray.wait(refs, 2);

    assertThat(millisSince(start)).isBetween(600L, 5_000L);
    assertThat(result.getReady()).containsExactlyInAnyOrder(refs.get(0), refs.get(1));
    Ray.cancel(refs.get(2));
  }

  // rows 86, 87
  @Test
  void returnsWhatIsReadyWhenTimeIsUp() {
    List<ObjectRef<Long>> refs = sleeping(0, 500, 1_000, 8_000, 8_000);
    long start = System.nanoTime();

    WaitResult<Long> result = Ray.wait(refs, 4, 2_500);

    assertThat(millisSince(start)).isBetween(2_490L, 3_500L);
    assertThat(result.getReady()).containsExactlyInAnyOrder(refs.get(0), refs.get(1), refs.get(2));
    assertThat(result.getUnready()).containsExactly(refs.get(3), refs.get(4));
    refs.subList(3, 5).forEach(Ray::cancel);
  }

  // row 86
  @Test
  void returnsAtOnceWithoutTime() {
    List<ObjectRef<Long>> refs = sleeping(5_000);
    long start = System.nanoTime();

    WaitResult<Long> result = Ray.wait(refs, 1, Duration.ZERO);

    assertThat(millisSince(start)).isLessThan(1_000);
    assertThat(result.getReady()).isEmpty();
    assertThat(result.getUnready()).isEqualTo(refs);
    Ray.cancel(refs.getFirst());
  }

  // rows 88, 93
  @Test
  void neverReturnsMoreThanAsked() {
    List<ObjectRef<Integer>> refs = Cluster.range(0, 10).stream().map(Ray::put).toList();

    WaitResult<Integer> result = Ray.wait(refs, 3);

    assertThat(result.getReady()).hasSize(3);
    assertThat(result.getUnready()).hasSize(7);
    List<ObjectRef<Integer>> both = new ArrayList<>(result.getReady());
    both.addAll(result.getUnready());
    assertThat(both).containsExactlyInAnyOrderElementsOf(refs);
  }

  // row 90
  @Test
  void refusesAReferenceThatIsThereTwice() {
    ObjectRef<Integer> ref = Ray.put(1);

    assertThatThrownBy(() -> Ray.wait(List.of(ref, Ray.put(2), ref)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(ref.getId().toString());
  }

  // row 91
  @Test
  void refusesToWaitForMoreThanThereAre() {
    List<ObjectRef<Integer>> refs = List.of(Ray.put(1));

    assertThatThrownBy(() -> Ray.wait(refs, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("numReturns: 2");
    assertThatThrownBy(() -> Ray.wait(refs, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("numReturns: -1");
  }

  // row 94
  @Test
  void keepsFiveTasksInFlightForAHundredRounds() {
    List<ObjectRef<Integer>> inFlight = new ArrayList<>();
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      inFlight.add(Ray.task(WaitIT::number, i).remote());
    }

    for (int round = 0; round < 100; round++) {
      WaitResult<Integer> result = Ray.wait(inFlight);
      seen.add(result.getReady().getFirst().get());
      inFlight = new ArrayList<>(result.getUnready());
      inFlight.add(Ray.task(WaitIT::number, 5 + round).remote());
    }
    seen.addAll(Ray.get(inFlight));

    assertThat(seen).containsExactlyInAnyOrderElementsOf(Cluster.range(0, 105));
  }

  @Test
  void countsWhatExistsAnywhereIfNothingIsToBeBroughtHere() {
    List<ObjectRef<Long>> refs = new ArrayList<>(sleeping(20_000, 300));
    refs.add(Ray.put(7L));

    assertThat(Ray.wait(refs, 2, 0, false).getReady()).containsExactly(refs.get(2));
    assertThat(Ray.wait(refs, 2, 10_000, false).getReady())
        .containsExactly(refs.get(1), refs.get(2));
    assertThat(Ray.wait(refs, 3, 300, false).getUnready()).containsExactly(refs.getFirst());
    Ray.cancel(refs.getFirst());
  }

  // row 95
  @Test
  void countsAFailedTaskAsReady() {
    List<ObjectRef<Long>> refs = new ArrayList<>(sleeping(8_000));
    refs.add(Ray.task(WaitIT::fail, 1L).remote());

    WaitResult<Long> result = Ray.wait(refs, 1, 7_000);

    assertThat(result.getReady()).containsExactly(refs.get(1));
    Ray.cancel(refs.getFirst());
  }

  // row 96
  @Test
  void letsStragglersBe() {
    List<ObjectRef<Long>> refs = sleeping(0, 0, 0, 2_000);

    assertThat(Ray.get(Ray.wait(refs, 3).getReady())).containsOnly(0L);
    assertThat(Ray.task(WaitIT::number, 1).remote().get()).isEqualTo(1);
  }

  // row 97
  @Test
  @SuppressWarnings("NullAway") // Null is what it tests.
  void returnsAtOnceForNothing() {
    WaitResult<Integer> result = Ray.wait(List.<ObjectRef<Integer>>of());

    assertThat(result.getReady()).isEmpty();
    assertThat(result.getUnready()).isEmpty();
    assertThatThrownBy(() -> Ray.wait(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void waitsInAWorkerToo() {
    assertThat(Ray.task(WaitIT::waitInWorker).remote().get()).containsExactly(1, 1);
  }

  @Test
  void findsAHundredOneByOneAndAtOnce() {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      refs.add(Ray.task(WaitIT::number, i).remote());
    }

    for (ObjectRef<Integer> ref : refs) {
      assertThat(Ray.wait(List.of(ref)).getReady()).containsExactly(ref);
    }
    for (int i = 1; i < refs.size(); i++) {
      List<ObjectRef<Integer>> rest = refs.subList(i, refs.size());
      assertThat(Ray.wait(rest, rest.size()).getReady()).hasSize(rest.size());
    }
  }
}
