package org.rayakka.node.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventLoopTest {
  @Test
  void runsWhatManyThreadsGiveItOnOneThread() throws IOException, InterruptedException {
    int threads = 4;
    int each = 50_000;
    int[] count = {0};
    AtomicInteger elsewhere = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(threads * each);
    try (EventLoop loop = EventLoop.start("test-loop")) {
      for (int t = 0; t < threads; t++) {
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < each; i++) {
                loop.execute(() -> {
                  count[0]++;
                  if (!loop.isCurrent()) {
                    elsewhere.incrementAndGet();
                  }
                  done.countDown();
                });
              }
            });
      }
      assertThat(done.await(20, TimeUnit.SECONDS)).as("all ran").isTrue();
    }
    assertThat(count[0]).isEqualTo(threads * each);
    assertThat(elsewhere).hasValue(0);
  }

  @Test
  void goesOnAfterATaskThatThrows() throws IOException, InterruptedException {
    CountDownLatch ran = new CountDownLatch(1);
    try (EventLoop loop = EventLoop.start("test-loop")) {
      loop.execute(() -> {
        throw new IllegalStateException("on purpose");
      });
      loop.execute(ran::countDown);
      assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void flushesOnceATurnWhatWasWrittenTo() throws IOException, InterruptedException {
    AtomicInteger flushes = new AtomicInteger();
    CountDownLatch flushed = new CountDownLatch(1);
    try (EventLoop loop = EventLoop.start("test-loop")) {
      loop.execute(() ->
          loop.flushLater(() -> {
            flushes.incrementAndGet();
            flushed.countDown();
          }));
      assertThat(flushed.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(flushes).hasValue(1);
  }
}
