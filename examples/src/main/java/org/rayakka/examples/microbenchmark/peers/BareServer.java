package org.rayakka.examples.microbenchmark.peers;

import akka.actor.AbstractActor;
import akka.actor.ActorSystem;
import akka.actor.Address;
import akka.actor.ExtendedActorSystem;
import akka.actor.Props;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;

/// The other end of {@link Bare}: an actor that answers, and a socket by which bytes are asked for.
public final class BareServer {
  /// The largest message, with room for its envelope.
  private static final int FRAME_BYTES = 2 << 20;

  static final String ACTOR = "answers";
  static final byte BY_TCP = 't';
  static final byte BY_AERON = 'a';

  private static final byte[] OK = {'o', 'k'};

  private BareServer() {}

  /// As nodes talk to each other: Artery over TCP.
  static ActorSystem system() {
    Config config =
        ConfigFactory.parseMap(
            Map.of(
                "akka.actor.provider", "remote",
                "akka.loglevel", "WARNING",
                "akka.remote.artery.transport", "tcp",
                "akka.remote.artery.canonical.hostname", "127.0.0.1",
                "akka.remote.artery.canonical.port", 0,
                "akka.remote.artery.advanced.inbound-lanes", 1,
                "akka.remote.artery.advanced.maximum-frame-size", FRAME_BYTES,
                "akka.remote.warn-about-direct-use-of-artery", "off",
                "akka.remote.use-unsafe-remote-features-outside-cluster", "on"));
    return ActorSystem.create("bare", config.withFallback(ConfigFactory.load()));
  }

  /// Answers with two bytes; to more than a few, with how many they are.
  private static final class Answers extends AbstractActor {
    @Override
    public Receive createReceive() {
      return receiveBuilder()
          .match(
              byte[].class,
              bytes ->
                  getSender()
                      .tell(
                          bytes.length > OK.length
                              ? ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array()
                              : OK,
                          getSelf()))
          .build();
    }
  }

  /// Prints where the actor and the socket are, and serves until its input ends.
  public static void main(String[] args) throws IOException {
    ActorSystem system = system();
    system.actorOf(Props.create(Answers.class, Answers::new), ACTOR);
    Address address = ((ExtendedActorSystem) system).provider().getDefaultAddress();
    try (ServerSocketChannel server =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        AeronStream aeron = AeronStream.open()) {
      Thread.ofPlatform().daemon().name("bytes").start(() -> serve(server, aeron));
      OwnJvm.serve(address.port().get() + " " + server.socket().getLocalPort());
    }
    system.terminate();
  }

  /// A request is a letter, the port that Aeron is to send to, and how many bytes.
  private static void serve(ServerSocketChannel server, AeronStream aeron) {
    TurningMemory memory = new TurningMemory();
    try (SocketChannel client = server.accept()) {
      DataInputStream requests = new DataInputStream(client.socket().getInputStream());
      while (true) {
        byte kind = requests.readByte();
        int port = requests.readInt();
        int size = requests.readInt();
        ByteBuffer part = memory.next(size);
        if (kind == BY_AERON) {
          aeron.send(port, part);
        } else {
          while (part.hasRemaining()) {
            client.write(part);
          }
        }
      }
    } catch (EOFException | AsynchronousCloseException _) {
      // The other process has ended.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
