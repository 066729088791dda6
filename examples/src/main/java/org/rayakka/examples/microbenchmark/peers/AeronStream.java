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
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/// One end of a bare Aeron stream with the settings that nodes move objects with on one machine: a
/// media driver in this process on one thread, terms of 16 MiB, the loopback's datagrams.
final class AeronStream implements AutoCloseable {
  private static final int STREAM = 1;
  private static final int TERM_BYTES = 16 << 20;
  private static final int WINDOW_BYTES = 2 << 20;
  private static final int LOOPBACK_MTU = 65_504;
  private static final int FRAGMENTS = 64;

  private final MediaDriver driver;
  private final Aeron aeron;
  private final IdleStrategy idle = new BackoffIdleStrategy();
  private @Nullable ExclusivePublication publication;

  private AeronStream(MediaDriver driver, Aeron aeron) {
    this.driver = driver;
    this.aeron = aeron;
  }

  static AeronStream open() throws IOException {
    Path memory = Path.of("/dev/shm");
    Path directory =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "rayakka-benchmark-")
            : Files.createTempDirectory("rayakka-benchmark-");
    MediaDriver driver =
        MediaDriver.launch(
            new MediaDriver.Context()
                .aeronDirectoryName(directory.toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false)
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(new BackoffIdleStrategy())
                .publicationTermBufferLength(TERM_BYTES)
                .initialWindowLength(WINDOW_BYTES)
                .socketRcvbufLength(WINDOW_BYTES)
                .socketSndbufLength(WINDOW_BYTES));
    Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString()));
    return new AeronStream(driver, aeron);
  }

  private static ChannelUriStringBuilder channel(int port) {
    return new ChannelUriStringBuilder().media("udp").endpoint("127.0.0.1:" + port);
  }

  /// The end that receives.
  Subscription receiver(int port) {
    return aeron.addSubscription(channel(port).build(), STREAM);
  }

  /// Takes so many bytes, and puts them into memory.
  void receive(Subscription from, ByteBuffer into, int size) {
    UnsafeBuffer memory = new UnsafeBuffer(into);
    int[] at = {0};
    while (at[0] < size) {
      idle.idle(
          from.poll(
              (buffer, offset, length, header) -> {
                memory.putBytes(at[0], buffer, offset, length);
                at[0] += length;
              },
              FRAGMENTS));
    }
  }

  /// Sends so many bytes, always to the same end.
  void send(int port, int size) {
    ExclusivePublication to = publication;
    if (to == null) {
      to =
          aeron.addExclusivePublication(
              channel(port).termLength(TERM_BYTES).mtu(LOOPBACK_MTU).build(), STREAM);
      publication = to;
    }
    int piece = to.maxPayloadLength();
    UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(piece));
    int left = size;
    while (left > 0) {
      int length = Math.min(left, piece);
      if (to.offer(bytes, 0, length) > 0) {
        left -= length;
        idle.reset();
      } else {
        idle.idle();
      }
    }
  }

  @Override
  public void close() {
    aeron.close();
    driver.close();
  }
}
