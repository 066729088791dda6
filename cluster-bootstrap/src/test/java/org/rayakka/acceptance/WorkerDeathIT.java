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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ErrorInfo;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.exception.RayActorException;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.exception.RayTaskException;
import org.rayakka.api.exception.RayWorkerException;

/// Workers that die, and results that cannot travel: a typed error soon, and the system goes on.
@Timeout(60)
class WorkerDeathIT {
  @TempDir Path directory;

  @BeforeAll
  static void start() {
    Cluster.start(4);
  }

  @AfterAll
  static void stop() {
    Ray.shutdown();
  }

  /// Holds a thread, which means nothing in another process.
  static class Unserialisable {
    final Thread thread = Thread.currentThread();
  }

  /// An exception that holds what cannot be serialised.
  static class UnserialisableException extends Exception {
    final Unserialisable held = new Unserialisable();

    UnserialisableException(String message) {
      super(message);
    }
  }

  static class Fragile {
    private int calls;

    int call() {
      return ++calls;
    }

    int exit() {
      Runtime.getRuntime().halt(-1);
      return 0;
    }

    long pid() {
      return Cluster.pid();
    }

    long sleep(long millis) throws InterruptedException {
      return Cluster.work(millis);
    }

    Object unserialisable() {
      return new Unserialisable();
    }
  }

  static int halt() {
    Runtime.getRuntime().halt(-1);
    return 0;
  }

  static int exit() {
    System.exit(-1);
    return 0;
  }

  static Object unserialisable() {
    return new Unserialisable();
  }

  static int failUnserialisably() throws UnserialisableException {
    throw new UnserialisableException("cannot travel");
  }

  static int identity(int x) {
    return x;
  }

  static String diesOnce(String marker, int x) throws Exception {
    if (Files.notExists(Path.of(marker))) {
      Files.createFile(Path.of(marker));
      Runtime.getRuntime().halt(1);
    }
    return "survived " + x;
  }

  static int slowIdentity(String starts, int x) throws Exception {
    Files.writeString(Path.of(starts, x + "-" + Cluster.pid()), "");
    Cluster.work(500);
    return x;
  }

  static int increment(int x) {
    return x + 1;
  }

  @AfterEach
  void goesOn() {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      refs.add(Ray.task(WorkerDeathIT::identity, i).remote());
    }
    assertThat(Ray.get(refs, 20_000)).isEqualTo(Cluster.range(0, 20));
  }

  @Test
  void failsATaskWhoseProcessHalts() {
    long start = System.nanoTime();

    assertThatThrownBy(() -> Ray.task(WorkerDeathIT::halt).setMaxRetries(0).remote().get(20_000))
        .isInstanceOf(RayWorkerException.class);

    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(3_000);
  }

  @Test
  void failsATaskThatExits() throws Exception {
    ObjectRef<Integer> ref = Ray.task(WorkerDeathIT::exit).setMaxRetries(0).remote();

    assertThatThrownBy(() -> ref.get(20_000)).isInstanceOf(RayWorkerException.class);

    Await.until(
        "an error about the worker",
        Duration.ofSeconds(5),
        () ->
            Ray.errorInfo().stream()
                .anyMatch(error -> ref.getId().taskId().equals(error.taskId())));
    assertThat(Ray.errorInfo())
        .filteredOn(error -> ref.getId().taskId().equals(error.taskId()))
        .extracting(ErrorInfo::type)
        .containsExactly("worker_died");
  }

  @Test
  void failsATaskThatKeepsKillingItsWorkersAfterItsRetries() {
    assertThatThrownBy(() -> Ray.task(WorkerDeathIT::halt).setMaxRetries(1).remote().get(40_000))
        .isInstanceOf(RayWorkerException.class);
  }

  @Test
  void runsATaskAgainWhoseWorkerDied() {
    String marker = directory.resolve("died").toString();

    assertThat(Ray.task(WorkerDeathIT::diesOnce, marker, 7).remote().get(30_000))
        .isEqualTo("survived 7");
  }

  @Test
  void runsTheTasksOfKilledWorkersAndWhatDependsOnThemElsewhere() throws Exception {
    List<ObjectRef<Integer>> refs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      refs.add(Ray.task(WorkerDeathIT::slowIdentity, directory.toString(), i).remote());
    }
    for (int i = 0; i < 4; i++) {
      refs.add(Ray.task(WorkerDeathIT::increment, refs.get(i)).remote());
    }

    Await.until(
        "four tasks started", Duration.ofSeconds(20), () -> directory.toFile().list().length == 4);
    List<Long> pids = new ArrayList<>();
    for (String name : directory.toFile().list()) {
      pids.add(Long.parseLong(name.substring(name.indexOf('-') + 1)));
    }
    pids.stream()
        .distinct()
        .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));

    assertThat(Ray.get(refs, 40_000)).containsExactly(0, 1, 2, 3, 1, 2, 3, 4);
  }

  @Test
  void saysWhatCannotBeSerialised() {
    assertThatThrownBy(() -> Ray.task(WorkerDeathIT::unserialisable).remote().get(20_000))
        .isInstanceOf(RayException.class)
        .hasMessageContaining("java.lang.Thread")
        .hasMessageContaining("Unserialisable.thread");
  }

  @Test
  void bringsTheTextOfAnExceptionThatCannotTravel() {
    assertThatThrownBy(() -> Ray.task(WorkerDeathIT::failUnserialisably).remote().get(20_000))
        .isInstanceOfSatisfying(
            RayTaskException.class,
            failure -> {
              assertThat(failure).hasMessageContaining("cannot travel");
              assertThat(failure.causeClassName())
                  .isEqualTo(UnserialisableException.class.getName());
            });
  }

  @Test
  void endsAnActorWhoseProcessDied() {
    ActorHandle<Fragile> actor = Ray.actor(Fragile::new).remote();
    assertThat(actor.task(Fragile::call).remote().get(20_000)).isEqualTo(1);

    assertThatThrownBy(() -> actor.task(Fragile::exit).remote().get(20_000))
        .isInstanceOfSatisfying(
            RayActorException.class, dead -> assertThat(dead.actorId()).isEqualTo(actor.getId()));
    assertThatThrownBy(() -> actor.task(Fragile::call).remote().get(20_000))
        .isInstanceOfSatisfying(
            RayActorException.class, dead -> assertThat(dead.actorId()).isEqualTo(actor.getId()));
  }

  @Test
  void restartsAnActorAsOftenAsItMay() throws Exception {
    ActorHandle<Fragile> actor = Ray.actor(Fragile::new).setMaxRestarts(1).remote();
    assertThat(actor.task(Fragile::call).remote().get(20_000)).isEqualTo(1);
    long pid = actor.task(Fragile::pid).remote().get(20_000);

    ProcessHandle.of(pid).orElseThrow().destroyForcibly();

    Await.until(
        "an answer of the restarted actor",
        Duration.ofSeconds(20),
        () -> {
          try {
            return actor.task(Fragile::pid).remote().get(20_000) != pid;
          } catch (RayActorException restarting) {
            return false;
          }
        });
    assertThat(actor.task(Fragile::call).remote().get(20_000)).isEqualTo(1);
    assertThatThrownBy(() -> actor.task(Fragile::exit).remote().get(20_000))
        .isInstanceOf(RayActorException.class);
    assertThatThrownBy(() -> actor.task(Fragile::call).remote().get(20_000))
        .isInstanceOf(RayActorException.class);
  }

  @Test
  void repeatsACallInFlightAfterARestart() throws Exception {
    ActorHandle<Fragile> actor =
        Ray.actor(Fragile::new).setMaxRestarts(1).setMaxTaskRetries(1).remote();
    long pid = actor.task(Fragile::pid).remote().get(20_000);

    ObjectRef<Long> inFlight = actor.task(Fragile::sleep, 1_000L).remote();
    assertThatThrownBy(() -> inFlight.get(200)).isInstanceOf(RayException.class);
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();

    assertThat(inFlight.get(30_000)).isEqualTo(1_000L);
    assertThat(actor.task(Fragile::pid).remote().get(20_000)).isNotEqualTo(pid);
  }

  @Test
  void keepsAnActorThatReturnedWhatCannotTravel() {
    ActorHandle<Fragile> actor = Ray.actor(Fragile::new).remote();

    assertThatThrownBy(() -> actor.task(Fragile::unserialisable).remote().get(20_000))
        .isInstanceOf(RayException.class)
        .hasMessageContaining("java.lang.Thread")
        .hasMessageContaining("Unserialisable.thread");
    assertThat(actor.task(Fragile::call).remote().get(20_000)).isEqualTo(1);
  }
}
