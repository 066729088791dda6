package org.rayakka.node.transfer;

import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.agrona.IoUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Aeron as this node uses it: a client, and the media driver that sends and receives the
/// datagrams, which lives in this process, on one thread, unless the settings name one that runs
/// already.
final class AeronDriver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AeronDriver.class);

  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final String DIRECTORY_PREFIX = "rayakka-aeron-";

  /// A driver that has not shown a sign of life for so long is dead, and its folder is litter.
  private static final long DEAD_AFTER_MILLIS = 30_000;

  /// A stream takes three terms of shared memory at either end. Larger ones are a fifth faster.
  private static final int TERM_BYTES = 16 << 20;

  /// Bytes under way on a stream, and of a socket's buffer, where the system allows as much.
  private static final int WINDOW_BYTES = 2 << 20;

  private static final Path GREATEST_BUFFER = Path.of("/proc/sys/net/core/rmem_max");
  private static final int GREATEST_BUFFER_IF_UNKNOWN = 208 << 10;

  /// The largest datagram that is a multiple of 32, for the loopback, which splits none.
  private static final int LOOPBACK_MTU = 65_504;

  /// Few enough Ethernet frames that the loss of one, which loses all, is rare.
  private static final int NETWORK_MTU = 8_192;

  private final TransferSettings settings;
  private final @Nullable MediaDriver driver;
  private final @Nullable ParkingIdleStrategy driverIdle;
  private final Aeron aeron;

  private AeronDriver(
      TransferSettings settings,
      @Nullable MediaDriver driver,
      @Nullable ParkingIdleStrategy driverIdle,
      Aeron aeron) {
    this.settings = settings;
    this.driver = driver;
    this.driverIdle = driverIdle;
    this.aeron = aeron;
  }

  /// Starts a driver, or finds the one that runs, and becomes its client.
  ///
  /// @param adjust may change the driver's context
  static AeronDriver start(TransferSettings settings, Consumer<MediaDriver.Context> adjust) {
    if (settings.aeronDirectory() != null) {
      return new AeronDriver(settings, null, null, connect(settings.aeronDirectory().toString()));
    }
    removeLitter();
    ParkingIdleStrategy idle = new ParkingIdleStrategy();
    MediaDriver.Context context =
        new MediaDriver.Context()
            .aeronDirectoryName(freshDirectory().toString())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .warnIfDirectoryExists(false)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(idle)
            .sharedThreadFactory(
                task -> Thread.ofPlatform().name("rayakka-aeron").daemon().unstarted(task))
            .publicationTermBufferLength(TERM_BYTES)
            .initialWindowLength(windowBytes())
            .socketRcvbufLength(windowBytes())
            .socketSndbufLength(windowBytes())
            .errorHandler(error -> LOG.warn("aeron driver", error));
    adjust.accept(context);
    MediaDriver driver;
    try {
      driver = MediaDriver.launch(context);
    } catch (RuntimeException e) {
      IoUtil.delete(context.aeronDirectory(), true);
      throw e;
    }
    try {
      // It has not rested yet, or would not know of its new client for a while.
      idle.setBusy(true);
      return new AeronDriver(settings, driver, idle, connect(context.aeronDirectoryName()));
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  private static Aeron connect(String directory) {
    return Aeron.connect(
        new Aeron.Context()
            .aeronDirectoryName(directory)
            .useConductorAgentInvoker(true)
            .errorHandler(error -> LOG.warn("aeron client", error)));
  }

  private static Path freshDirectory() {
    Path parent =
        Files.isWritable(SHARED_MEMORY)
            ? SHARED_MEMORY
            : Path.of(System.getProperty("java.io.tmpdir"));
    try {
      return Files.createTempDirectory(
          parent, DIRECTORY_PREFIX + ProcessHandle.current().pid() + "-");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for Aeron in " + parent, e);
    }
  }

  /// Removes what drivers left that were killed.
  private static void removeLitter() {
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(SHARED_MEMORY, DIRECTORY_PREFIX + "*")) {
      for (Path directory : found) {
        if (isOurs(directory) && !isAlive(directory)) {
          LOG.info("aeron removes={} reason=its node was killed", directory);
          IoUtil.delete(directory.toFile(), true);
        }
      }
    } catch (IOException e) {
      LOG.debug("aeron found no litter", e);
    }
  }

  private static boolean isOurs(Path directory) throws IOException {
    return Files.getOwner(directory).getName().equals(System.getProperty("user.name"));
  }

  private static boolean isAlive(Path directory) throws IOException {
    long age = System.currentTimeMillis() - Files.getLastModifiedTime(directory).toMillis();
    // One that has only just been made has nothing in it yet.
    return age < DEAD_AFTER_MILLIS
        || CommonContext.isDriverActive(directory.toFile(), DEAD_AFTER_MILLIS, text -> {});
  }

  /// The window must fit into the socket's buffer, and the system bounds that.
  private static int windowBytes() {
    int greatest = GREATEST_BUFFER_IF_UNKNOWN;
    // In one read: a file of the kernel's need not give the rest to a second one.
    byte[] text = new byte[Long.BYTES * Integer.BYTES];
    try (InputStream in = Files.newInputStream(GREATEST_BUFFER)) {
      int length = Math.max(0, in.read(text));
      greatest = Integer.parseInt(new String(text, 0, length, StandardCharsets.US_ASCII).strip());
    } catch (IOException | NumberFormatException e) {
      LOG.debug("aeron buffers={}", greatest, e);
    }
    return Math.min(WINDOW_BYTES, greatest);
  }

  Aeron aeron() {
    return aeron;
  }

  /// Where this node takes bytes.
  String inbound() {
    return new ChannelUriStringBuilder()
        .media("udp")
        .endpoint(endpoint(settings.address(), settings.port()))
        .build();
  }

  /// Where another node takes them.
  String outbound(String endpoint) {
    int mtu =
        settings.mtuBytes() != 0
            ? settings.mtuBytes()
            : isLoopback(endpoint) ? LOOPBACK_MTU : NETWORK_MTU;
    return new ChannelUriStringBuilder()
        .media("udp")
        .endpoint(endpoint)
        .termLength(TERM_BYTES)
        .mtu(mtu)
        .build();
  }

  static String endpoint(String address, int port) {
    return address.indexOf(':') >= 0 && !address.startsWith("[")
        ? "[" + address + "]:" + port
        : address + ":" + port;
  }

  private static boolean isLoopback(String endpoint) {
    try {
      String host = endpoint.substring(0, endpoint.lastIndexOf(':'));
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /// Something is transferred from now on, or nothing is.
  void setBusy(boolean busy) {
    if (driverIdle != null) {
      driverIdle.setBusy(busy);
    }
  }

  @Override
  public void close() {
    setBusy(true);
    aeron.close();
    if (driver != null) {
      driver.close();
    }
  }
}
