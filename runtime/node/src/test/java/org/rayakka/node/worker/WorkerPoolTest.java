package org.rayakka.node.worker;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.id.JobId;

/// Which processes the pool starts, and when. They are real ones, which only wait.
@Timeout(60)
class WorkerPoolTest {
  private static final JobId JOB = new JobId(7);

  @TempDir Path session;
  private final ActorTestKit kit = ActorTestKit.create();
  private final ExecutorService blocking = Executors.newCachedThreadPool();
  private final TestProbe<WorkerEvent> events = kit.createTestProbe();

  @AfterEach
  void end() {
    // The pool ends the processes.
    kit.shutdownTestKit();
    blocking.shutdownNow();
  }

  private ActorRef<WorkerPool.Command> pool(int startsAtOnce, String program) {
    WorkerLauncher launcher =
        new WorkerLauncher(session, List.of("/bin/sh", "-c", program), "Main", List.of());
    ActorRef<WorkerPool.Command> pool =
        kit.spawn(
            WorkerPool.create(
                launcher,
                new FunctionRegistry(),
                blocking,
                new WorkerPool.Limits(1, startsAtOnce)));
    pool.tell(new WorkerPool.Subscribe(events.getRef()));
    return pool;
  }

  private static WorkerPool.StartJob job(int taskWorkers) {
    return new WorkerPool.StartJob(
        new WorkerPool.Job(
            JOB, "", CompletableFuture.completedFuture(List.of()), List.of(), taskWorkers));
  }

  /// Whether the process of a token was started.
  private boolean isStarted(long token) {
    return Files.exists(session.resolve("logs").resolve("worker-" + token + ".out"));
  }

  private void connect(ActorRef<WorkerPool.Command> pool, long token) throws Exception {
    WorkerChannel channel =
        (WorkerChannel)
            Proxy.newProxyInstance(
                WorkerChannel.class.getClassLoader(),
                new Class<?>[] {WorkerChannel.class},
                (proxy, method, args) -> null);
    CompletableFuture<Boolean> accepted = new CompletableFuture<>();
    pool.tell(
        new WorkerPool.WorkerConnected(
            token, token, channel, worker -> accepted.complete(worker != null)));
    assertThat(accepted.get()).isTrue();
    assertThat(events.expectMessageClass(WorkerEvent.WorkerReady.class).worker().token())
        .isEqualTo(token);
  }

  @Test
  void theNextStartsWhenOneIsReady() throws Exception {
    ActorRef<WorkerPool.Command> pool = pool(2, "exec sleep 600");
    pool.tell(job(4));

    kit.createTestProbe().awaitAssert(() -> assertThat(isStarted(1) && isStarted(2)).isTrue());
    assertThat(isStarted(3)).isFalse();

    connect(pool, 2);
    kit.createTestProbe().awaitAssert(() -> assertThat(isStarted(3)).isTrue());
    assertThat(isStarted(4)).isFalse();

    connect(pool, 1);
    connect(pool, 3);
    kit.createTestProbe().awaitAssert(() -> assertThat(isStarted(4)).isTrue());
    connect(pool, 4);
    assertThat(isStarted(5)).isFalse();
  }

  @Test
  void eachIsTriedWhereNoneComesUp() {
    ActorRef<WorkerPool.Command> pool = pool(1, "exit 3");
    pool.tell(job(3));

    for (long token = 1; token <= 3; token++) {
      WorkerEvent.WorkerLost lost = events.expectMessageClass(WorkerEvent.WorkerLost.class);
      assertThat(lost.worker().token()).isEqualTo(token);
      assertThat(lost.reason()).isEqualTo("exit status 3");
    }
    events.expectNoMessage();
    assertThat(isStarted(4)).isFalse();
  }
}
