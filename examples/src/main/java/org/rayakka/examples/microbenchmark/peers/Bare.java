package org.rayakka.examples.microbenchmark.peers;

import static org.rayakka.examples.microbenchmark.peers.BareServer.BY_AERON;
import static org.rayakka.examples.microbenchmark.peers.BareServer.BY_TCP;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.pattern.Patterns;
import io.aeron.Subscription;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.rayakka.examples.microbenchmark.rows.EngineRows;
import org.rayakka.examples.microbenchmark.rows.MeasuringProcess;

/// Measures plain Akka as one would write it oneself, an ask between two JVMs, and between the same
/// two a bare Aeron stream and a bare TCP connection.
public final class Bare implements EngineRows.Engine, TwoNodeRows.Link {
  private static final Duration ASK_TIMEOUT = Duration.ofSeconds(30);
  private static final byte[] PING = {'h', 'i'};

  private final ActorRef answers;
  private final SocketChannel bytes;
  private final AeronStream aeron;
  private final int port;
  private final Subscription receiver;
  private final TurningMemory memory = new TurningMemory();

  private Bare(ActorRef answers, SocketChannel bytes, AeronStream aeron) throws IOException {
    this.answers = answers;
    this.bytes = bytes;
    this.aeron = aeron;
    port = freePort();
    receiver = aeron.receiver(port);
  }

  public static void main(String[] args) throws Exception {
    Process server = OwnJvm.start(BareServer.class);
    ActorSystem system = BareServer.system();
    try (BufferedReader said = server.inputReader()) {
      String[] ports = OwnJvm.where(said).split(" ", 2);
      ActorRef answers =
          system
              .actorSelection("akka://bare@127.0.0.1:" + ports[0] + "/user/" + BareServer.ACTOR)
              .resolveOne(ASK_TIMEOUT)
              .toCompletableFuture()
              .get();
      try (SocketChannel bytes =
              SocketChannel.open(
                  new InetSocketAddress(
                      InetAddress.getLoopbackAddress(), Integer.parseInt(ports[1])));
          AeronStream aeron = AeronStream.open()) {
        Bare bare = new Bare(answers, bytes, aeron);
        bare.runOne();
        MeasuringProcess.serve(
            Stream.concat(
                EngineRows.beside(EngineRows.AKKA, bare).stream(), TwoNodeRows.of(bare).stream()));
      }
    } finally {
      system.terminate();
      OwnJvm.stop(server);
    }
    System.exit(0);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private CompletableFuture<byte[]> ask(byte[] message) {
    return Patterns.ask(answers, message, ASK_TIMEOUT)
        .thenApply(answer -> (byte[]) answer)
        .toCompletableFuture();
  }

  @Override
  public void runOne() throws Exception {
    ask(PING).get();
  }

  @Override
  public void runMany(int count) throws Exception {
    List<CompletableFuture<byte[]>> answered = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      answered.add(ask(PING));
    }
    for (CompletableFuture<byte[]> each : answered) {
      each.get();
    }
  }

  @Override
  public int length(byte[] argument) throws Exception {
    return ByteBuffer.wrap(ask(argument).get()).getInt();
  }

  @Override
  public void task() throws Exception {
    runOne();
  }

  @Override
  public void tasks(int count) throws Exception {
    runMany(count);
  }

  @Override
  public void call() throws Exception {
    runOne();
  }

  @Override
  public void calls(int count) throws Exception {
    runMany(count);
  }

  @Override
  public TwoNodeRows.Fetch fetch() {
    return size -> {
      ByteBuffer part = memory.next(size);
      long start = System.nanoTime();
      request(BY_AERON, size);
      aeron.receive(receiver, part, size);
      return (System.nanoTime() - start) / 1e9;
    };
  }

  @Override
  public TwoNodeRows.Fetch fetchBesideTcp() {
    return size -> {
      ByteBuffer part = memory.next(size);
      long start = System.nanoTime();
      request(BY_TCP, size);
      while (part.hasRemaining()) {
        if (bytes.read(part) < 0) {
          throw new IOException("bytes: " + part.position() + " (expected: " + size + ")");
        }
      }
      return (System.nanoTime() - start) / 1e9;
    };
  }

  private void request(byte kind, int size) throws IOException {
    ByteBuffer request = ByteBuffer.allocate(1 + 2 * Integer.BYTES);
    request.put(kind).putInt(port).putInt(size).flip();
    while (request.hasRemaining()) {
      bytes.write(request);
    }
  }
}
