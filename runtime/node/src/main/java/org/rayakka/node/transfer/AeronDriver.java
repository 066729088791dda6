package org.rayakka.node.transfer;

import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongFunction;
import org.agrona.concurrent.AgentInvoker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Aeron as this node uses it: a client, and the media driver that sends and receives the
/// datagrams, unless the settings name one that runs already. Both work when they are told to, on
/// the thread that moves the bytes: it finds in its core's cache what the driver has just written,
/// and the other way round, and nobody waits for another thread to look.
final class AeronDriver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AeronDriver.class);

  /// A stream takes three terms of shared memory at either end, and at most half of one is under
  /// way. On one machine that is enough: half of it is slower, four times as much no faster.
  private static final int LOOPBACK_TERM_BYTES = 2 << 20;

  private static final int NETWORK_TERM_BYTES = 4 << 20;

  /// Bytes under way on a stream, and of a socket's buffer, where the system allows as much.
  private static final int WINDOW_BYTES = NETWORK_TERM_BYTES / 2;

  private static final Path GREATEST_BUFFER = Path.of("/proc/sys/net/core/rmem_max");
  private static final int GREATEST_BUFFER_IF_UNKNOWN = 208 << 10;

  /// The largest datagram that is a multiple of 32, for the loopback, which splits none.
  private static final int LOOPBACK_MTU = 65_504;

  /// Few enough Ethernet frames that the loss of one, which loses all, is rare.
  private static final int NETWORK_MTU = 8_192;

  /// A driver of this process.
  private record Own(MediaDriver driver, AeronDirectory directory, InboundSocket.Looks looks)
      implements AutoCloseable {
    AgentInvoker invoker() {
      return driver.sharedAgentInvoker();
    }

    @Override
    public void close() {
      driver.close();
      directory.close();
    }
  }

  private final TransferSettings settings;
  private final @Nullable Own own;
  private final Aeron aeron;

  private AeronDriver(TransferSettings settings, @Nullable Own own, Aeron aeron) {
    this.settings = settings;
    this.own = own;
    this.aeron = aeron;
  }

  /// Starts a driver, or finds the one that runs, and becomes its client.
  ///
  /// @param outgoing finds what a transfer sends, until it has ended
  /// @param destination of the chunks that arrive
  static AeronDriver start(
      TransferSettings settings,
      LongFunction<@Nullable Outgoing> outgoing,
      InboundSocket.Destination destination) {
    if (settings.aeron().directory() != null) {
      return new AeronDriver(
          settings, null, connect(settings.aeron().directory().toString(), null));
    }
    AeronDirectory directory = AeronDirectory.create();
    InboundSocket.Looks looks = new InboundSocket.Looks();
    MediaDriver.Context context =
        new MediaDriver.Context()
            .aeronDirectoryName(directory.driver().toString())
            .threadingMode(ThreadingMode.INVOKER)
            // A thread of its own that looks a thousand times a second for names to resolve.
            .asyncExecutorEnabled(false)
            .sendChannelEndpointSupplier(
                (channel, status, its) -> new OutboundSocket(channel, status, its, outgoing))
            .receiveChannelEndpointSupplier((channel, dispatcher, status, its) ->
                new InboundSocket(channel, dispatcher, status, its, looks, destination))
            .initialWindowLength(windowBytes())
            .socketRcvbufLength(windowBytes())
            .socketSndbufLength(windowBytes())
            .errorHandler(error -> LOG.warn("aeron driver", error));
    MediaDriver driver;
    try {
      driver = MediaDriver.launch(context);
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
    Own own = new Own(driver, directory, looks);
    try {
      own.invoker().start();
      return new AeronDriver(settings, own, connect(context.aeronDirectoryName(), own.invoker()));
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  private static Aeron connect(String directory, @Nullable AgentInvoker driver) {
    return Aeron.connect(
        new Aeron.Context()
            .aeronDirectoryName(directory)
            .useConductorAgentInvoker(true)
            .driverAgentInvoker(driver)
            .errorHandler(error -> LOG.warn("aeron client", error)));
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

  /// Whether the data of chunks can leave from the store itself, which no other process knows.
  boolean takesFromStore() {
    return own != null;
  }

  /// Where this node takes bytes.
  String inbound() {
    return new ChannelUriStringBuilder()
        .media("udp")
        .endpoint(endpoint(settings.address(), settings.aeron().port()))
        .build();
  }

  /// Where another node takes them.
  String outbound(String endpoint) {
    boolean isLoopback = isLoopback(endpoint);
    int given = settings.aeron().mtuBytes();
    int mtu = given != 0 ? given : isLoopback ? LOOPBACK_MTU : NETWORK_MTU;
    return new ChannelUriStringBuilder()
        .media("udp")
        .endpoint(endpoint)
        .termLength(isLoopback ? LOOPBACK_TERM_BYTES : NETWORK_TERM_BYTES)
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

  /// Does some of what there is to do.
  ///
  /// @param isOnlySending whether nothing is expected from other nodes, and something is sent
  /// @return 0 if there was nothing
  int work(boolean isOnlySending) {
    int work = aeron.conductorAgentInvoker().invoke();
    if (own == null) {
      return work;
    }
    own.looks().setRare(isOnlySending);
    return work + own.invoker().invoke();
  }

  @Override
  public void close() {
    aeron.close();
    if (own != null) {
      own.close();
    }
  }
}
