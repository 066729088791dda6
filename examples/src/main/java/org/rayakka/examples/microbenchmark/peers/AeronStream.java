package org.rayakka.examples.microbenchmark.peers;

import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.agrona.IoUtil;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/// One end of a bare Aeron stream with the settings that nodes move objects with on one machine:
/// the media driver works on the thread that moves the bytes, with terms of 2 MiB and the
/// loopback's datagrams.
final class AeronStream implements AutoCloseable {
  private static final int STREAM = 1;
  private static final int TERM_BYTES = 2 << 20;
  private static final int WINDOW_BYTES = 2 << 20;
  private static final int LOOPBACK_MTU = 65_504;
  private static final int FRAGMENTS = 64;

  /// So long after its last work the thread rests, and for so long at a time.
  private static final long REST_MILLIS = 100;

  private final MediaDriver driver;
  private final Aeron aeron;
  private final IdleStrategy idle = new BackoffIdleStrategy();
  private final LinkedBlockingQueue<Runnable> jobs = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean isOpen = true;
  private @Nullable ExclusivePublication publication;

  private AeronStream(MediaDriver driver, Aeron aeron) {
    this.driver = driver;
    this.aeron = aeron;
    thread = Thread.ofPlatform().daemon().name("aeron").unstarted(this::run);
  }

  static AeronStream open() throws IOException {
    Path memory = Path.of("/dev/shm");
    Path directory =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "rayakka-benchmark-")
            : Files.createTempDirectory("rayakka-benchmark-");
    // The driver removes it when it is closed; a signal does not wait for that.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> IoUtil.delete(directory.toFile(), true)));
    MediaDriver driver =
        MediaDriver.launch(
            new MediaDriver.Context()
                .aeronDirectoryName(directory.toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false)
                .threadingMode(ThreadingMode.INVOKER)
                .asyncExecutorEnabled(false)
                .publicationTermBufferLength(TERM_BYTES)
                .initialWindowLength(WINDOW_BYTES)
                .socketRcvbufLength(WINDOW_BYTES)
                .socketSndbufLength(WINDOW_BYTES));
    driver.sharedAgentInvoker().start();
    Aeron aeron =
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(directory.toString())
                .useConductorAgentInvoker(true)
                .driverAgentInvoker(driver.sharedAgentInvoker()));
    AeronStream stream = new AeronStream(driver, aeron);
    stream.thread.start();
    return stream;
  }

  private void run() {
    long restAt = System.nanoTime();
    try {
      while (isOpen) {
        boolean isBusy = System.nanoTime() - restAt < 0;
        Runnable job = isBusy ? jobs.poll() : jobs.poll(REST_MILLIS, TimeUnit.MILLISECONDS);
        if (job != null) {
          job.run();
          // The driver has not sent all yet.
          restAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REST_MILLIS);
        }
        idle.idle(work());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int work() {
    return aeron.conductorAgentInvoker().invoke() + driver.sharedAgentInvoker().invoke();
  }

  private <T> T onThread(Supplier<T> job) {
    CompletableFuture<T> done = new CompletableFuture<>();
    jobs.add(() -> done.completeAsync(job, Runnable::run));
    return done.join();
  }

  private static ChannelUriStringBuilder channel(int port) {
    return new ChannelUriStringBuilder().media("udp").endpoint("127.0.0.1:" + port);
  }

  /// The end that receives.
  Subscription receiver(int port) {
    return onThread(() -> aeron.addSubscription(channel(port).build(), STREAM));
  }

  /// Takes so many bytes, and puts them into memory.
  void receive(Subscription from, ByteBuffer into, int size) {
    onThread(() -> {
      UnsafeBuffer memory = new UnsafeBuffer(into);
      int[] at = {0};
      while (at[0] < size) {
        idle.idle(
            work()
                + from.poll(
                    (buffer, offset, length, header) -> {
                      memory.putBytes(at[0], buffer, offset, length);
                      at[0] += length;
                    },
                    FRAGMENTS));
      }
      return size;
    });
  }

  /// Sends what is in memory up to its limit, always to the same end.
  void send(int port, ByteBuffer memory) {
    onThread(() -> {
      ExclusivePublication to = publication;
      if (to == null) {
        to =
            aeron.addExclusivePublication(
                channel(port).termLength(TERM_BYTES).mtu(LOOPBACK_MTU).build(), STREAM);
        publication = to;
      }
      UnsafeBuffer bytes = new UnsafeBuffer(memory);
      int at = 0;
      while (at < memory.limit()) {
        int work = work();
        int length = Math.min(memory.limit() - at, to.maxPayloadLength());
        if (to.offer(bytes, at, length) > 0) {
          at += length;
          work++;
        }
        idle.idle(work);
      }
      return at;
    });
  }

  @Override
  public void close() {
    isOpen = false;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    aeron.close();
    driver.close();
  }
}
