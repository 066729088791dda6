package org.rayakka.node.connection;

import akka.actor.typed.ActorRef;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.rayakka.node.actor.ActorDirectory;
import org.rayakka.node.code.CodeDesk;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.error.ErrorReports;
import org.rayakka.node.loop.EventLoop;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.object.StoreKeeper;
import org.rayakka.node.object.StoreReaders;
import org.rayakka.node.output.OutputRelay;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.scheduling.local.LocalScheduler;
import org.rayakka.node.worker.FunctionRegistry;
import org.rayakka.node.worker.WorkerPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes in drivers and workers at the node's Unix domain socket. Only who may enter the session
/// folder can reach it, and only who knows the session's secret is taken in.
public final class ClientServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientServer.class);
  private static final int BACKLOG = 256;

  private final EventLoop loop;
  private final Path path;
  private final ServerSocketChannel server;
  private final ClientSession.Parts peers;

  /// Runs something on the event loop after a delay.
  @FunctionalInterface
  public interface Timer {
    /// Arranges it.
    ///
    /// @param delay how long to wait
    /// @param task what to run then
    void after(Duration delay, Runnable task);
  }

  /// The actors that clients speak to.
  ///
  /// @param scheduler takes plain tasks
  /// @param actors takes actor creations and calls
  /// @param objects takes what concerns objects
  /// @param keeper gives slots of the store
  /// @param workerPool takes workers and jobs
  /// @param nodes the other nodes
  /// @param code gives the code of jobs to them
  public record Actors(
      ActorRef<LocalScheduler.Command> scheduler,
      ActorRef<ActorDirectory.Command> actors,
      ActorRef<ObjectManager.Command> objects,
      ActorRef<StoreKeeper.Command> keeper,
      ActorRef<WorkerPool.Command> workerPool,
      ActorRef<Peers.Command> nodes,
      ActorRef<CodeDesk.Command> code) {}

  private ClientServer(
      EventLoop loop, Path path, ServerSocketChannel server, ClientSession.Parts peers) {
    this.loop = loop;
    this.path = path;
    this.server = server;
    this.peers = peers;
  }

  /// Starts taking in clients.
  ///
  /// @param path where the socket shall be
  /// @param loop serves it
  /// @param node what clients are told
  /// @param actors what they speak to
  /// @param functions takes exported functions
  /// @param readers takes who maps the store
  /// @param errors takes errors of tasks
  /// @param output takes what tasks print
  /// @param control the tables
  /// @param timer runs things later
  /// @return the server
  /// @throws IOException if the socket cannot be made
  public static ClientServer start(
      Path path,
      EventLoop loop,
      NodeFacts node,
      Actors actors,
      FunctionRegistry functions,
      StoreReaders readers,
      ErrorReports errors,
      OutputRelay output,
      ControlState control,
      Timer timer)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path), BACKLOG);
    server.configureBlocking(false);
    Timeline timeline = new Timeline();
    ClientSession.Parts peers =
        new ClientSession.Parts(
            node,
            actors.scheduler(),
            actors.actors(),
            actors.objects(),
            actors.keeper(),
            actors.workerPool(),
            actors.nodes(),
            actors.code(),
            functions,
            readers,
            errors,
            output,
            control,
            new ReadingGate(control::accepting, timer::after),
            timeline,
            new StateListing(control, actors.objects(), actors.keeper(), timeline));
    ClientServer clients = new ClientServer(loop, path, server, peers);
    CompletableFuture<Boolean> registered = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        loop.register(server, SelectionKey.OP_ACCEPT, key -> clients.accept());
        registered.complete(true);
      } catch (IOException e) {
        registered.completeExceptionally(e);
      }
    });
    try {
      registered.get();
    } catch (ExecutionException e) {
      throw new IOException("cannot watch " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return clients;
  }

  private void accept() {
    try {
      SocketChannel client = server.accept();
      if (client == null) {
        return;
      }
      client.configureBlocking(false);
      ClientConnection connection = new ClientConnection(loop, client, peers);
      LOG.debug("client connected: {}", connection);
    } catch (IOException e) {
      LOG.warn("a client could not be taken in", e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("closing {} failed", path, e);
    }
  }
}
