package org.rayakka.acceptance;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;
import org.rayakka.bootstrap.NodeProcess;
import org.rayakka.bootstrap.RaySettings;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.NodeRow;
import org.rayakka.node.control.redis.RedisAddress;
import org.rayakka.node.control.redis.RedisControlState;
import org.rayakka.node.control.redis.RedisSettings;

/// Several nodes on this machine that form one cluster: processes of their own, each with its own
/// loopback address, session folder, store and workers, as on machines of their own. They end with
/// this process at the latest.
///
/// Node 0 is the head, at 127.0.0.1; node n is at 127.0.0.(n + 1).
final class LocalCluster implements AutoCloseable {
  /// Generous: a loaded machine takes long to start a JVM.
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /// A node to be started.
  ///
  /// @param numCpus for tasks
  /// @param resources further ones
  record Spec(int numCpus, Map<String, Double> resources) {
    Spec {
      resources = Map.copyOf(resources);
    }

    /// The same with a further resource.
    Spec with(String name, double amount) {
      Map<String, Double> more = new TreeMap<>(resources);
      more.put(name, amount);
      return new Spec(numCpus, more);
    }
  }

  private final Path folder;
  private final List<NodeProcess> nodes = new ArrayList<>();
  private @Nullable ControlState control;

  private LocalCluster(Path folder) {
    this.folder = folder;
  }

  /// A node with so many CPUs.
  static Spec node(int numCpus) {
    return new Spec(numCpus, Map.of());
  }

  /// Starts the head, then the others side by side; returns when all are members.
  static LocalCluster start(Spec... specs) throws Exception {
    LocalCluster cluster = new LocalCluster(Files.createTempDirectory("ray-cluster"));
    try {
      cluster.nodes.add(NodeProcess.start(cluster.config(0, specs[0])));
      cluster.control = cluster.openControl();
      cluster.addAll(List.of(specs).subList(1, specs.length));
      return cluster;
    } catch (Exception | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  /// Starts a further node, and returns when it is a member.
  ///
  /// @return its index
  int add(Spec spec) throws Exception {
    addAll(List.of(spec));
    return nodes.size() - 1;
  }

  /// Starts a node in the place of one that has ended, at its address.
  void replace(int index, Spec spec) throws IOException {
    nodes.set(index, NodeProcess.start(config(index, spec)));
  }

  private void addAll(List<Spec> specs) throws Exception {
    try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<NodeProcess>> starting = new ArrayList<>();
      for (Spec spec : specs) {
        Config config = config(nodes.size() + starting.size(), spec);
        starting.add(starters.submit(() -> NodeProcess.start(config)));
      }
      for (Future<NodeProcess> node : starting) {
        nodes.add(node.get());
      }
    }
  }

  /// The settings of a node at an index.
  Config config(int index, Spec spec) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("ray.node.ip-address", ip(index));
    settings.put("ray.node.num-cpus", spec.numCpus());
    settings.put("ray.node.num-workers", Math.min(spec.numCpus(), 1));
    settings.put("ray.node.resources", spec.resources());
    settings.put("ray.node.heap-initial", "32 MiB");
    settings.put("ray.object-store.memory", 64L << 20);
    settings.put("ray.worker.heap-maximum", 128L << 20);
    settings.put("ray.redis.password-file", passwordFile().toString());
    // A loaded machine must not look like a dead one.
    settings.put("ray.cluster.failure-timeout", "8 s");
    if (index > 0) {
      settings.put("ray.address", address());
    }
    return RaySettings.resolve(settings);
  }

  private Path passwordFile() {
    return folder.resolve("redis-password");
  }

  private ControlState openControl() throws IOException {
    return RedisControlState.open(
        RedisSettings.of(
            List.of(RedisAddress.parse(address())), Files.readString(passwordFile()).strip()));
  }

  /// The address that drivers attach by.
  String address() {
    return String.valueOf(nodes.getFirst().address().get("redis-address"));
  }

  /// The address of a node.
  String ip(int index) {
    return "127.0.0." + (index + 1);
  }

  /// Options of a driver at a node.
  InitOptions.Builder driverAt(int index) {
    return InitOptions.builder()
        .setAddress("redis://" + address())
        .setNodeIpAddress(ip(index))
        .setDriverMode(DriverMode.SILENT);
  }

  /// The process of a node.
  NodeProcess process(int index) {
    return nodes.get(index);
  }

  /// The cluster's tables.
  ControlState control() {
    ControlState opened = control;
    if (opened == null) {
      throw new IllegalStateException("control state: none (expected: a head that has started)");
    }
    return opened;
  }

  /// Kills a node, its workers and whatever else stems from it, as a power failure would.
  void kill(int index) {
    ProcessHandle node = nodes.get(index).handle();
    List<ProcessHandle> all = new ArrayList<>(node.descendants().toList());
    node.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
  }

  /// Freezes a node and what stems from it, as a machine that hangs.
  void pause(int index) throws Exception {
    signal("STOP", index);
  }

  /// Lets a paused node go on.
  void resume(int index) throws Exception {
    signal("CONT", index);
  }

  private void signal(String name, int index) throws Exception {
    ProcessHandle node = nodes.get(index).handle();
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    Stream.concat(Stream.of(node), node.descendants())
        .forEach(process -> command.add(Long.toString(process.pid())));
    Process kill = new ProcessBuilder(command).start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IOException(command + " failed");
    }
  }

  /// Waits until the node table lists so many members.
  void awaitMembers(int count, Duration atMost) throws Exception {
    Await.until(count + " members", atMost, () -> members().size() == count);
  }

  /// The nodes that have not left, by address.
  List<NodeRow> members() throws Exception {
    return control()
        .nodes()
        .list()
        .toCompletableFuture()
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .stream()
        .filter(NodeRow::isAlive)
        .sorted(Comparator.comparing(NodeRow::host))
        .toList();
  }

  /// Ends all nodes, the head last, and removes the cluster's files.
  @Override
  public void close() throws IOException {
    try (ExecutorService enders = Executors.newVirtualThreadPerTaskExecutor()) {
      nodes.stream().skip(1).forEach(node -> enders.execute(node::close));
    }
    if (control != null) {
      control.close();
    }
    nodes.stream().limit(1).forEach(NodeProcess::close);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
