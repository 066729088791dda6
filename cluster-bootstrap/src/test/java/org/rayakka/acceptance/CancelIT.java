package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.exception.TaskCancelledException;

/// Tasks and calls that end before their time, because somebody or their timeout says so.
@Timeout(60)
class CancelIT {
  private static final int CPUS = 4;

  @BeforeAll
  static void start() {
    Cluster.start(CPUS);
    Ray.get(Ray.task(CancelIT::number, 1).remote());
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  static int number(int x) {
    return x;
  }

  static long sleep(long millis) throws InterruptedException {
    return Cluster.work(millis);
  }

  /// Sleeps, and leaves a trace when it ran to its end or was interrupted.
  static long traced(String begun, String interrupted) throws Exception {
    Files.createFile(Path.of(begun));
    try {
      return Cluster.work(50_000);
    } catch (InterruptedException e) {
      Files.createFile(Path.of(interrupted));
      throw e;
    }
  }

  /// Does not heed interrupts.
  static long stubborn(String begun, long millis) throws Exception {
    Files.createFile(Path.of(begun));
    return spin(millis);
  }

  private static long spin(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < end) {
      Thread.interrupted();
      Thread.onSpinWait();
    }
    return millis;
  }

  static long waitsForAChild(String begun, String interrupted) {
    ObjectRef<Long> child = Ray.task(CancelIT::traced, begun, interrupted).remote();
    return child.get();
  }

  static long waitsForACall(ActorHandle<Slow> slow, String begun, String interrupted) {
    return slow.task(Slow::traced, begun, interrupted).remote().get();
  }

  static class Slow {
    long traced(String begun, String interrupted) throws Exception {
      return CancelIT.traced(begun, interrupted);
    }

    long waitsForAChild(String begun, String interrupted) {
      return CancelIT.waitsForAChild(begun, interrupted);
    }

    long stubborn(long millis) {
      return spin(millis);
    }

    int number(int x) {
      return x;
    }
  }

  private static void awaitFile(Path file) throws Exception {
    Await.until(file.getFileName().toString(), Duration.ofSeconds(10), () -> Files.exists(file));
  }

  private static void assertCancelled(ObjectRef<?> ref) {
    assertThatThrownBy(() -> ref.get(10_000)).isInstanceOf(TaskCancelledException.class);
  }

  private static void assertTimedOut(ObjectRef<?> ref) {
    assertThatThrownBy(() -> ref.get(10_000))
        .isInstanceOf(TaskCancelledException.class)
        .hasMessageContaining("timeout");
  }

  /// All CPUs are free.
  private static void assertIdle() {
    assertThat(Ray.task(CancelIT::number, 3).setNumCpus(CPUS).remote().get(20_000)).isEqualTo(3);
  }

  @Test
  void cancelsATaskThatWaitsForItsArgumentsAndLetsOthersHaveThem(@TempDir Path directory)
      throws Exception {
    Path begun = directory.resolve("begun");
    ObjectRef<Long> slow =
        Ray.task(CancelIT::traced, begun.toString(), directory.resolve("over").toString()).remote();
    awaitFile(begun);
    ObjectRef<Long> held = Ray.task(CancelIT::sleep, slow).remote();
    Ray.cancel(held);
    assertCancelled(held);

    // One that waits for the same afterwards is told, too.
    ObjectRef<Long> later = Ray.task(CancelIT::sleep, slow).remote();
    Ray.cancel(slow);

    assertCancelled(slow);
    assertThatThrownBy(() -> later.get(10_000))
        .isInstanceOf(RayTaskException.class)
        .hasCauseInstanceOf(TaskCancelledException.class);
    assertIdle();
  }

  @Test
  void cancelsWhatACancelledTaskHasSubmitted(@TempDir Path directory) throws Exception {
    Path begun = directory.resolve("begun");
    Path interrupted = directory.resolve("interrupted");
    ObjectRef<Long> parent =
        Ray.task(CancelIT::waitsForAChild, begun.toString(), interrupted.toString()).remote();
    awaitFile(begun);

    Ray.cancel(parent);

    assertCancelled(parent);
    awaitFile(interrupted);
    assertIdle();
  }

  @Test
  void leavesAChildAloneIfSoAsked(@TempDir Path directory) throws Exception {
    Path begun = directory.resolve("begun");
    Path interrupted = directory.resolve("interrupted");
    ObjectRef<Long> parent =
        Ray.task(CancelIT::waitsForAChild, begun.toString(), interrupted.toString()).remote();
    awaitFile(begun);

    Ray.cancel(parent, false, false);

    assertCancelled(parent);
    // The child holds one CPU, so a task that needs all of them does not run.
    ObjectRef<Integer> all = Ray.task(CancelIT::number, 3).setNumCpus(CPUS).remote();
    assertThat(Ray.wait(List.of(all), 1, 500).getReady()).isEmpty();
    assertThat(interrupted).doesNotExist();
    Ray.shutdown();
    start();
  }

  @Test
  void cancelsCallsOfActorsAndWhatTheyHaveSubmitted(@TempDir Path directory) throws Exception {
    ActorHandle<Slow> slow = Ray.actor(Slow::new).remote();
    Path begun = directory.resolve("begun");
    Path interrupted = directory.resolve("interrupted");
    ObjectRef<Long> running =
        slow.task(Slow::waitsForAChild, begun.toString(), interrupted.toString()).remote();
    ObjectRef<Integer> queued = slow.task(Slow::number, 1).remote();
    awaitFile(begun);

    Ray.cancel(queued);
    assertCancelled(queued);
    Ray.cancel(running);

    assertCancelled(running);
    awaitFile(interrupted);
    assertThat(slow.task(Slow::number, 2).remote().get(10_000)).isEqualTo(2);

    Path begunCall = directory.resolve("begun-call");
    Path interruptedCall = directory.resolve("interrupted-call");
    ObjectRef<Long> caller =
        Ray.task(CancelIT::waitsForACall, slow, begunCall.toString(), interruptedCall.toString())
            .remote();
    awaitFile(begunCall);
    Ray.cancel(caller);
    assertCancelled(caller);
    awaitFile(interruptedCall);
    assertThat(slow.task(Slow::number, 4).remote().get(10_000)).isEqualTo(4);
    slow.kill();
  }

  @Test
  void endsTheProcessOfATaskByForceAndRunsItsNeighboursAgain(@TempDir Path directory)
      throws Exception {
    Path begun = directory.resolve("begun");
    ObjectRef<Long> stubborn = Ray.task(CancelIT::stubborn, begun.toString(), 50_000L).remote();
    awaitFile(begun);
    List<ObjectRef<Long>> neighbours = new ArrayList<>();
    for (int i = 0; i < CPUS - 1; i++) {
      neighbours.add(Ray.task(CancelIT::sleep, 1_000L).setMaxRetries(1).remote());
    }

    Ray.cancel(stubborn, true);

    assertCancelled(stubborn);
    assertThat(Ray.get(neighbours, 20_000)).containsOnly(1_000L);
    assertIdle();
  }

  @Test
  void endsTasksWhoseTimeIsOver(@TempDir Path directory) throws Exception {
    Duration timeout = Duration.ofMillis(500);
    long start = System.nanoTime();
    ObjectRef<Long> running = Ray.task(CancelIT::sleep, 50_000L).setTimeout(timeout).remote();
    ObjectRef<Long> unharmed =
        Ray.task(CancelIT::sleep, 100L).setTimeout(Duration.ofSeconds(30)).remote();
    Path begun = directory.resolve("begun");
    Path interrupted = directory.resolve("interrupted");
    ObjectRef<Long> parent =
        Ray.task(CancelIT::waitsForAChild, begun.toString(), interrupted.toString())
            .setTimeout(Duration.ofSeconds(2))
            .remote();
    ObjectRef<Long> held = Ray.task(CancelIT::sleep, running).setTimeout(timeout).remote();
    ObjectRef<Long> queued =
        Ray.task(CancelIT::sleep, 1L).setNumCpus(CPUS).setTimeout(timeout).remote();

    assertTimedOut(running);
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(490L, 5_000L);
    assertThatThrownBy(() -> held.get(10_000)).isInstanceOf(RayException.class);
    assertTimedOut(queued);
    assertThat(unharmed.get(10_000)).isEqualTo(100L);
    assertTimedOut(parent);
    awaitFile(interrupted);
    assertIdle();
  }

  @Test
  void endsTheProcessOfATaskThatDoesNotHeedItsTimeout(@TempDir Path directory) {
    ObjectRef<Long> stubborn =
        Ray.task(CancelIT::stubborn, directory.resolve("begun").toString(), 50_000L)
            .setTimeout(Duration.ofMillis(500))
            .remote();

    assertTimedOut(stubborn);
    assertIdle();
  }

  @Test
  void endsCallsOfActorsWhoseTimeIsOver() {
    ActorHandle<Slow> slow = Ray.actor(Slow::new).remote();
    Duration timeout = Duration.ofMillis(500);
    slow.task(Slow::number, 1).remote().get();
    // It does not heed its interrupt, so the actor stays busy for a while; callers need not wait.
    ObjectRef<Long> stubborn = slow.task(Slow::stubborn, 4_000L).setTimeout(timeout).remote();
    ObjectRef<Integer> queued = slow.task(Slow::number, 1).setTimeout(timeout).remote();

    assertTimedOut(queued);
    assertTimedOut(stubborn);
    assertThat(slow.task(Slow::number, 2).remote().get(20_000)).isEqualTo(2);
    slow.kill();
  }
}
