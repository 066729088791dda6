package org.rayakka.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What connects the nodes of a cluster: each is reached at a port of this process, which passes on
/// what comes to the port that the node listens at, and holds it back while the two are cut off
/// from each other, as a network does that is broken: nothing is refused, nothing arrives. Who
/// connects is told by the address, which each node has of its own.
final class Links implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int BACKLOG = 64;

  /// A node's two ports.
  ///
  /// @param address that it is reached at
  /// @param port that others connect to
  /// @param boundPort that the node listens at
  record Link(InetAddress address, int port, int boundPort) {}

  private final Map<Integer, Link> links = new HashMap<>();
  private final Set<AutoCloseable> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Set<InetAddress> cutOff = Set.of();
  private Set<Set<InetAddress>> broken = Set.of();
  private volatile boolean isClosed;

  /// The ports of the node at an address, the same whenever it is asked for.
  Link at(int index, String ip) throws IOException {
    Link known = links.get(index);
    if (known != null) {
      return known;
    }
    InetAddress address = InetAddress.getByName(ip);
    ServerSocket server = new ServerSocket(0, BACKLOG, address);
    sockets.add(server);
    int boundPort;
    try (ServerSocket free = new ServerSocket(0, 1, address)) {
      boundPort = free.getLocalPort();
    }
    Link link = new Link(address, server.getLocalPort(), boundPort);
    links.put(index, link);
    Thread.ofVirtual().name("link-" + index).start(() -> accept(server, link));
    return link;
  }

  /// The ports of a node that was started.
  Link at(int index) {
    Link link = links.get(index);
    if (link == null) {
      throw new IndexOutOfBoundsException(
          "node " + index + " (expected: one of " + links.keySet() + ")");
    }
    return link;
  }

  /// Cuts nodes off from all others, but not from each other, and breaks single links; whatever was
  /// cut or broken before is whole again.
  ///
  /// @param addresses of the nodes that are cut off
  /// @param pairs of addresses whose link is broken
  void cut(Set<InetAddress> addresses, Set<Set<InetAddress>> pairs) {
    lock.lock();
    try {
      cutOff = Set.copyOf(addresses);
      broken = Set.copyOf(pairs);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept(ServerSocket server, Link link) {
    while (!isClosed) {
      try {
        Socket from = server.accept();
        sockets.add(from);
        Thread.ofVirtual().start(() -> connect(from, link));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket from, Link link) {
    InetAddress source = from.getInetAddress();
    Socket to = new Socket();
    sockets.add(to);
    try {
      awaitConnected(source, link.address());
      to.connect(new InetSocketAddress(link.address(), link.boundPort()));
      from.setTcpNoDelay(true);
      to.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> pump(to, from, source, link.address()));
      pump(from, to, source, link.address());
    } catch (IOException | InterruptedException broken) {
      close(from, to);
    }
  }

  private void pump(Socket from, Socket to, InetAddress one, InetAddress other) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        awaitConnected(one, other);
        out.write(buffer, 0, count);
      }
    } catch (IOException | InterruptedException broken) {
      // Neither side can go on without the other: both are closed.
    } finally {
      close(from, to);
    }
  }

  private void awaitConnected(InetAddress one, InetAddress other)
      throws IOException, InterruptedException {
    lock.lock();
    try {
      while (!isClosed
          && (cutOff.contains(one) != cutOff.contains(other)
              || (!one.equals(other) && broken.contains(Set.of(one, other))))) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
    if (isClosed) {
      throw new IOException("closed");
    }
  }

  private void close(AutoCloseable... both) {
    for (AutoCloseable socket : both) {
      sockets.remove(socket);
      try {
        socket.close();
      } catch (Exception broken) {
        // It is gone, which is what was wanted.
      }
    }
  }

  @Override
  public void close() {
    isClosed = true;
    close(sockets.toArray(AutoCloseable[]::new));
    cut(Set.of(), Set.of());
  }
}
