package org.rayakka.client.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.protocol.FrameBuffer;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.ReplyEncoder;
import org.rayakka.protocol.sbe.RequestKind;

@Timeout(30)
class NodeConnectionTest {
  private static final int LENGTH = 16;

  @TempDir private Path directory;
  private ServerSocketChannel server;
  private NodeConnection connection;
  private SocketChannel peer;

  @BeforeEach
  void connect() throws IOException {
    Path socket = directory.resolve("s");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    connection = NodeConnection.open(socket, "test");
    peer = server.accept();
  }

  @AfterEach
  void close() throws IOException {
    peer.close();
    server.close();
    connection.close();
  }

  private void append(int number) {
    UnsafeBuffer frame = new UnsafeBuffer(new byte[LENGTH]);
    frame.putInt(0, number, ByteOrder.LITTLE_ENDIAN);
    connection.append(frame, 0, LENGTH);
  }

  private void expect(int from, int to) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate((to - from) * (FrameBuffer.LENGTH_BYTES + LENGTH))
            .order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && peer.read(bytes) >= 0) {}
    bytes.flip();
    for (int i = from; i < to; i++) {
      assertThat(bytes.getInt()).isEqualTo(LENGTH);
      assertThat(bytes.getInt()).isEqualTo(i);
      bytes.position(bytes.position() + LENGTH - Integer.BYTES);
    }
  }

  // row 63
  @Test
  void sendsALoneFrameWithoutBeingAsked() throws IOException {
    append(0);
    expect(0, 1);
    append(1);
    append(2);
    expect(1, 3);
  }

  @Test
  void sendsABurstInOrderFromSeveralThreads() throws Exception {
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(() -> {
          for (int i = 0; i < 100_000; i++) {
            append(i);
          }
        });

    expect(0, 100_000);

    done.get(10, TimeUnit.SECONDS);
  }

  @Test
  void holdsAWriterWhoseNodeDoesNotRead() throws Exception {
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(() -> {
          for (int i = 0; i < 500_000; i++) {
            append(i);
          }
        });

    assertThatThrownBy(() -> done.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    expect(0, 500_000);
    done.get(10, TimeUnit.SECONDS);
  }

  @Test
  void staysOpenWhenAWritingThreadIsInterrupted() throws Exception {
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < 300_000; i++) {
                append(i);
              }
            });
    ByteBuffer first = ByteBuffer.allocate(FrameBuffer.LENGTH_BYTES + LENGTH);
    while (first.hasRemaining()) {
      peer.read(first);
      writer.interrupt();
    }
    for (int i = 1; i < 300_000; i += 1_000) {
      writer.interrupt();
      expect(i, Math.min(i + 1_000, 300_000));
    }

    writer.join();
    assertThat(connection.isOpen()).isTrue();
  }

  @Test
  void answersRequestsWhileSomebodyReads() throws Exception {
    CompletableFuture<byte[]> good = connection.request(RequestKind.LIST_STATE, new byte[] {1});
    CompletableFuture<byte[]> bad = connection.request(RequestKind.LIST_STATE, new byte[] {2});
    reply(1, false, new byte[] {9});
    reply(2, true, "no such table".getBytes(StandardCharsets.UTF_8));

    while (!bad.isDone()) {
      connection.read((header, buffer, offset, length) -> {}, 100);
    }

    assertThat(NodeConnection.await(good, 1)).containsExactly(9);
    assertThatThrownBy(() -> NodeConnection.await(bad, 1))
        .isInstanceOf(RaySystemException.class)
        .hasMessageContaining("no such table");
  }

  private void reply(long correlation, boolean failed, byte[] payload) throws IOException {
    FrameBuffer out = new FrameBuffer(256);
    ReplyEncoder reply =
        new ReplyEncoder()
            .wrapAndApplyHeader(out.buffer(), out.begin(), new MessageHeaderEncoder())
            .correlationId(correlation)
            .failed((short) (failed ? 1 : 0));
    reply.putPayload(payload, 0, payload.length);
    out.end(MessageHeaderEncoder.ENCODED_LENGTH + reply.encodedLength());
    peer.write(out.bytes());
  }

  @Test
  void failsWhatWaitsWhenTheNodeIsGone() throws IOException {
    CompletableFuture<byte[]> request = connection.request(RequestKind.LIST_STATE, new byte[0]);
    peer.close();

    assertThatThrownBy(
            () -> {
              while (true) {
                connection.read((header, buffer, offset, length) -> {}, 100);
              }
            })
        .isInstanceOf(IOException.class);
    connection.fail("the node is gone");

    assertThatThrownBy(() -> NodeConnection.await(request, 1))
        .isInstanceOf(RaySystemException.class)
        .hasMessage("the node is gone");
    assertThatThrownBy(() -> append(1)).hasMessage("the node is gone");
    assertThatThrownBy(() -> connection.read((header, buffer, offset, length) -> {}, 100))
        .isInstanceOf(EOFException.class);
  }
}
