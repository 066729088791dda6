package org.rayakka.bootstrap;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.rayakka.bootstrap.redis.RedisServer;
import org.rayakka.bootstrap.redis.RedisServerSettings;
import org.rayakka.node.Node;
import org.rayakka.node.NodeSettings;
import org.rayakka.node.control.redis.RedisSettings;
import org.rayakka.node.scheduling.local.ResourceSet;
import org.rayakka.node.worker.WorkerLauncher;
import org.rayakka.objectstore.StoreSettings;

/// The parts of a head's process: the Redis servers, which are processes of their own, and the
/// node.
final class HeadNode implements AutoCloseable {
  private final Node node;
  private final List<RedisServer> servers;

  private HeadNode(Node node, List<RedisServer> servers) {
    this.node = node;
    this.servers = servers;
  }

  /// Starts the servers and the node, and writes the session's address file.
  ///
  /// @throws IOException if one of them does not start; those that did are stopped again
  static HeadNode start(SessionFolder session, NodeLaunch launch) throws IOException {
    RaySettings settings = launch.settings();
    MachineResources machine = MachineResources.of(settings);
    CompletableFuture<List<RedisServer>> starting =
        CompletableFuture.supplyAsync(
            () -> startServers(session, settings),
            command -> Thread.ofPlatform().name("ray-redis-start").start(command));
    // Read, and kept by the library for the node, while the servers start.
    ConfigFactory.load();
    List<RedisServer> servers = await(starting);
    try {
      Node node = Node.start(nodeSettings(session, launch, machine, servers));
      writeAddress(session, settings, servers);
      return new HeadNode(node, servers);
    } catch (IOException | RuntimeException e) {
      servers.forEach(RedisServer::close);
      throw e;
    }
  }

  private static List<RedisServer> startServers(SessionFolder session, RaySettings settings) {
    List<RedisServer> servers = new ArrayList<>();
    try {
      RedisServerSettings shard =
          RedisServerSettings.in(session.path())
              .withStartTimeout(settings.redis().startTimeout())
              .withCommandPrefix(GuardedCommand.prefix(session.path()));
      servers.add(RedisServer.start(shard.withAddress(shard.host(), settings.redis().port())));
      for (int i = 0; i < settings.redis().numShards(); i++) {
        servers.add(RedisServer.start(shard));
      }
      return servers;
    } catch (IOException e) {
      servers.forEach(RedisServer::close);
      throw new CompletionException(e);
    }
  }

  private static <T> T await(CompletableFuture<T> starting) throws IOException {
    try {
      return starting.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static NodeSettings nodeSettings(
      SessionFolder session, NodeLaunch launch, MachineResources machine, List<RedisServer> servers)
      throws IOException {
    RaySettings settings = launch.settings();
    return new NodeSettings(
        session.path(),
        settings.node().ipAddress(),
        true,
        ResourceSet.of(machine.numCpus(), settings.node().numGpus(), settings.node().resources()),
        machine.numWorkers(),
        machine.actorProcesses(),
        StoreSettings.ofCapacity(machine.objectStoreMemory())
            .withSpillDirectory(session.path().resolve("spilled")),
        RedisSettings.of(
            servers.stream().map(RedisServer::address).toList(), servers.getFirst().password()),
        session.secret(),
        new WorkerLauncher(
            session.path(),
            workerCommand(session, launch, machine),
            WorkerMain.class.getName(),
            launch.workerClassPath().stream().map(Object::toString).toList()));
  }

  private static List<String> workerCommand(
      SessionFolder session, NodeLaunch launch, MachineResources machine) {
    RaySettings settings = launch.settings();
    List<String> options = new ArrayList<>();
    options.add("-XX:ErrorFile=" + session.logs().resolve("hs_err_%p.log"));
    // What the user's own classes log is their choice; ours have nothing to say about its absence.
    options.add("-Dslf4j.internal.verbosity=ERROR");
    options.addAll(ClassArchive.WORKER.options(settings.classArchives(), launch.workerClassPath()));
    options.addAll(settings.worker().jvmOptions());
    return JavaCommand.prefix(0, machine.workerHeap(), options);
  }

  private static void writeAddress(
      SessionFolder session, RaySettings settings, List<RedisServer> servers) throws IOException {
    Map<String, ?> address =
        Map.of(
            "node-ip-address",
            settings.node().ipAddress(),
            "redis-address",
            servers.getFirst().address().toString(),
            "redis-shard-addresses",
            servers.stream().skip(1).map(server -> server.address().toString()).toList(),
            "node-pid",
            ProcessHandle.current().pid());
    session.writePrivate(
        session.addressFile(), RaySettings.render(ConfigValueFactory.fromMap(address).toConfig()));
  }

  /// When the node has ended.
  CompletionStage<Void> terminated() {
    return node.terminated();
  }

  /// Ends the node, and then what it writes to.
  @Override
  public void close() {
    try {
      node.close();
    } finally {
      servers.forEach(RedisServer::close);
    }
  }
}
