package org.rayakka.node.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.Cancellable;
import akka.actor.Scheduler;
import akka.dispatch.ExecutionContexts;
import akka.event.NoLogging;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.concurrent.ExecutionContext;

@Timeout(10)
class TicklessSchedulerTest {
  private final ExecutionContext here = ExecutionContexts.fromExecutor(Runnable::run);
  private final TicklessScheduler scheduler =
      new TicklessScheduler(
          ConfigFactory.empty(), NoLogging.getInstance(), Thread.ofPlatform().daemon().factory());

  @AfterEach
  void close() {
    scheduler.close();
  }

  @Test
  void runsOnceWhenItIsDue() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    long start = System.nanoTime();

    Cancellable timer = scheduler.scheduleOnce(Duration.ofMillis(20), ran::countDown, here);

    ran.await();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    assertThat(timer.cancel()).as("it has run").isFalse();
    assertThat(timer.isCancelled()).isFalse();
  }

  @Test
  void runsAgainAndAgainUntilItIsCancelled() throws Exception {
    CountDownLatch ran = new CountDownLatch(3);
    Cancellable timer =
        scheduler.scheduleAtFixedRate(Duration.ZERO, Duration.ofMillis(1), ran::countDown, here);

    ran.await();

    assertThat(timer.cancel()).isTrue();
    assertThat(timer.isCancelled()).isTrue();
    assertThat(timer.cancel()).isFalse();
  }

  @Test
  void doesNotRunWhatWasCancelledBefore() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Cancellable cancelled =
        scheduler.scheduleOnce(Duration.ofMillis(10), runs::incrementAndGet, here);
    CountDownLatch later = new CountDownLatch(1);

    assertThat(cancelled.cancel()).isTrue();
    scheduler.scheduleOnce(Duration.ofMillis(20), later::countDown, here);

    later.await();
    assertThat(runs).hasValue(0);
  }

  @Test
  void runsAtItsEndWhatAkkaWantsToRunThen() {
    AtomicInteger runs = new AtomicInteger();
    Scheduler.TaskRunOnClose last = runs::incrementAndGet;
    scheduler.scheduleOnce(Duration.ofHours(1), last, here);
    scheduler.scheduleOnce(Duration.ofHours(1), () -> runs.addAndGet(100), here);

    scheduler.close();

    assertThat(runs).hasValue(1);
    assertThatThrownBy(() -> scheduler.scheduleOnce(Duration.ZERO, last, here))
        .isInstanceOf(IllegalStateException.class);
  }
}
