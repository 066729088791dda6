package org.rayakka.bootstrap;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.rayakka.node.MembershipSettings;
import org.rayakka.node.Node;
import org.rayakka.node.NodeSettings;
import org.rayakka.node.control.redis.RedisAddress;
import org.rayakka.node.control.redis.RedisSettings;
import org.rayakka.node.scheduling.local.GpuDevices;
import org.rayakka.node.scheduling.local.ResourceSet;
import org.rayakka.node.transfer.AeronSettings;
import org.rayakka.node.worker.WorkerLauncher;
import org.rayakka.objectstore.StoreSettings;

/// The parts of a node's process: the node, and a head's Redis servers, which are processes of
/// their own.
final class RunningNode implements AutoCloseable {
  private final Node node;
  private final ControlServers servers;

  private RunningNode(Node node, ControlServers servers) {
    this.node = node;
    this.servers = servers;
  }

  /// Starts a head with its servers, or a node that joins, and writes the session's address file.
  ///
  /// @throws IOException if a part does not start; those that did are stopped again
  static RunningNode start(SessionFolder session, NodeLaunch launch) throws IOException {
    RaySettings settings = launch.settings();
    CompletableFuture<ControlServers> starting =
        CompletableFuture.supplyAsync(
            () -> servers(session, launch),
            command -> Thread.ofPlatform().name("ray-redis-start").start(command));
    // Read, and kept by the library for the node, while the servers start.
    ConfigFactory.load();
    ControlServers servers = await(starting);
    try {
      String address =
          launch.isHead() ? NodeAddress.ofHead(settings) : NodeAddress.ofJoining(settings);
      Node node = Node.start(nodeSettings(session, launch, address, servers.settings()));
      writeAddress(session, launch, address, servers.settings());
      return new RunningNode(node, servers);
    } catch (IOException | RuntimeException e) {
      servers.close();
      throw e;
    }
  }

  private static ControlServers servers(SessionFolder session, NodeLaunch launch) {
    try {
      return launch.isHead()
          ? ControlServers.start(session, launch)
          : ControlServers.ofCluster(launch.settings());
    } catch (IOException e) {
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
      SessionFolder session, NodeLaunch launch, String address, RedisSettings redis)
      throws IOException {
    RaySettings settings = launch.settings();
    MachineResources machine = MachineResources.of(settings);
    GpuDevices gpus = MachineGpus.of(settings);
    return new NodeSettings(
        session.path(),
        address,
        new MembershipSettings(
            launch.isHead(),
            settings.node().port(),
            settings.cluster().joinTimeout(),
            settings.cluster().failureTimeout(),
            settings.cluster().seedNodes(),
            settings.cluster().bootstrap(),
            settings.akka()),
        ResourceSet.of(machine.numCpus(), gpus.count(), settings.node().resources()),
        gpus,
        settings.worker().gpuIdleTimeout(),
        machine.numWorkers(),
        machine.actorProcesses(),
        settings.node().maxLineageTasks(),
        StoreSettings.ofCapacity(machine.objectStoreMemory())
            .withSpillDirectory(session.path().resolve("spilled")),
        new AeronSettings(
            settings.node().port(),
            settings.transfer().mtuBytes().orElse(0),
            settings.transfer().aeronDirectory().map(Path::of).orElse(null)),
        settings.transfer().fetchTimeout(),
        redis,
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
    options.addAll(AotCache.WORKER.options(settings.aotCaches(), launch.workerClassPath()));
    options.addAll(settings.worker().jvmOptions());
    return JavaCommand.prefix(0, machine.workerHeap(), options);
  }

  private static void writeAddress(
      SessionFolder session, NodeLaunch launch, String address, RedisSettings redis)
      throws IOException {
    List<String> servers = redis.shards().stream().map(RedisAddress::toString).toList();
    Map<String, ?> parts =
        Map.of(
            "head",
            launch.isHead(),
            "node-ip-address",
            address,
            "redis-address",
            servers.getFirst(),
            "redis-shard-addresses",
            servers.subList(1, servers.size()),
            "node-pid",
            ProcessHandle.current().pid());
    session.writePrivate(
        session.addressFile(), RaySettings.render(ConfigValueFactory.fromMap(parts).toConfig()));
  }

  /// When the node has ended, or its cluster has removed it.
  CompletionStage<Void> terminated() {
    return node.terminated();
  }

  /// Ends the node, and then what it writes to.
  @Override
  public void close() {
    try {
      node.close();
    } finally {
      servers.close();
    }
  }
}
