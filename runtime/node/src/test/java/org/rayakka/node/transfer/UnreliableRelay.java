package org.rayakka.node.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/// Stands between a node that sends and one that receives, like a bad network: real datagrams pass
/// through it, if they do, on their way to the receiver. What comes back arrives.
final class UnreliableRelay implements AutoCloseable {
  private static final int BUFFER_BYTES = 4 << 20;
  private static final int GREATEST_DATAGRAM = 1 << 16;

  /// What happens to a datagram.
  enum Fate {
    ARRIVES,
    IS_LOST,
    /// Behind the next one.
    ARRIVES_LATE,
    /// And once more behind the next one, and damaged.
    ARRIVES_TWICE
  }

  /// Decides.
  @FunctionalInterface
  interface Network {
    /// What happens to a datagram, which may be changed.
    Fate pass(UnsafeBuffer datagram, int length);
  }

  private final Network network;
  private final Selector selector;
  private final DatagramChannel front;
  private final DatagramChannel back;
  private final ByteBuffer datagram = ByteBuffer.allocateDirect(GREATEST_DATAGRAM);
  private final UnsafeBuffer content = new UnsafeBuffer(datagram);
  private final Thread thread;
  private @Nullable SocketAddress sender;
  private @Nullable ByteBuffer held;

  /// Starts a relay.
  ///
  /// @param receiver host and port
  /// @param network between
  UnreliableRelay(String receiver, Network network) {
    this.network = network;
    int colon = receiver.lastIndexOf(':');
    try {
      selector = Selector.open();
      front = open(this::there);
      back = open(this::back);
      back.connect(
          new InetSocketAddress(
              receiver.substring(0, colon), Integer.parseInt(receiver.substring(colon + 1))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread = Thread.ofPlatform().daemon().name("relay").start(this::run);
  }

  private DatagramChannel open(Runnable arrived) throws IOException {
    DatagramChannel channel =
        DatagramChannel.open()
            .setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES)
            .setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES)
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, arrived);
    return channel;
  }

  /// Where a sender is to send to.
  String endpoint() {
    return AeronDriver.endpoint("127.0.0.1", front.socket().getLocalPort());
  }

  private void run() {
    try {
      while (true) {
        selector.select(key -> ((Runnable) key.attachment()).run());
      }
    } catch (ClosedSelectorException _) {
      // It is closed.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void there() {
    try {
      SocketAddress source = receive(front);
      if (source != null) {
        sender = source;
        forward();
      }
    } catch (IOException _) {
      // Nobody is there at the moment: a datagram is lost.
    }
  }

  private void back() {
    try {
      if (receive(back) != null) {
        front.send(datagram, sender);
      }
    } catch (IOException _) {
      // As there.
    }
  }

  private @Nullable SocketAddress receive(DatagramChannel from) throws IOException {
    datagram.clear();
    SocketAddress source = from.receive(datagram);
    datagram.flip();
    return source;
  }

  private void forward() throws IOException {
    ByteBuffer before = held;
    held = null;
    switch (network.pass(content, datagram.limit())) {
      case ARRIVES -> back.write(datagram);
      case IS_LOST -> {}
      case ARRIVES_LATE -> held = copy();
      case ARRIVES_TWICE -> {
        back.write(datagram);
        datagram.rewind();
        held = copy();
        int last = held.limit() - 1;
        held.put(last, (byte) ~held.get(last));
      }
    }
    if (before != null) {
      back.write(before);
    }
  }

  private ByteBuffer copy() {
    return ByteBuffer.allocateDirect(datagram.limit()).put(datagram).flip();
  }

  @Override
  public void close() {
    try {
      selector.close();
      thread.join();
      front.close();
      back.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
