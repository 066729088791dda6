package org.rayakka.bootstrap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// A DNS server on the loopback that knows one name, by datagrams.
final class NameServer implements AutoCloseable {
  private static final int MAX_BYTES = 512;
  private static final long SECONDS_TO_LIVE = 1;

  private final DatagramSocket socket;
  private final Name name;
  private final InetAddress address;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  private NameServer(Name name, InetAddress address) throws IOException {
    this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    this.name = name;
    this.address = address;
  }

  /// Starts one.
  ///
  /// @param name which it knows
  /// @param address what that has
  static NameServer start(String name, String address) throws IOException {
    NameServer server = new NameServer(Name.fromString(name + "."), InetAddress.getByName(address));
    Thread.ofPlatform().daemon().name("name-server").start(server::serve);
    return server;
  }

  int port() {
    return socket.getLocalPort();
  }

  /// What it was asked, such as `A name.`.
  Set<String> asked() {
    return Set.copyOf(asked);
  }

  private void serve() {
    DatagramPacket packet = new DatagramPacket(new byte[MAX_BYTES], MAX_BYTES);
    while (!socket.isClosed()) {
      try {
        packet.setLength(MAX_BYTES);
        socket.receive(packet);
        byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
        byte[] answer = answer(new Message(query)).toWire();
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // Closed, or not a question.
      }
    }
  }

  private Message answer(Message query) {
    Record question = query.getQuestion();
    asked.add(Type.string(question.getType()) + " " + question.getName());
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.addRecord(question, Section.QUESTION);
    if (question.getType() == Type.A && question.getName().equals(name)) {
      answer.addRecord(new ARecord(name, DClass.IN, SECONDS_TO_LIVE, address), Section.ANSWER);
    }
    return answer;
  }

  @Override
  public void close() {
    socket.close();
  }
}
