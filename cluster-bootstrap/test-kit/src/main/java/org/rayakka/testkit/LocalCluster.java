package org.rayakka.testkit;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
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
///
///     try (LocalCluster cluster = LocalCluster.start(node(2), node(2).with("special", 1))) {
///       Ray.init(cluster.driverAt(0).build());
///       …
///       cluster.kill(1);
///
/// For one thread at a time.
public final class LocalCluster implements AutoCloseable {
  /// Generous: a loaded machine takes long to start a JVM.
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  /// A node to be started.
  ///
  /// @param numCpus for tasks
  /// @param resources further ones
  public record Spec(int numCpus, Map<String, Double> resources) {
    /// Copies the map.
    public Spec {
      resources = Map.copyOf(resources);
    }

    /// The same with a further resource.
    ///
    /// @param name of the resource
    /// @param amount how much of it
    /// @return a new description
    public Spec with(String name, double amount) {
      Map<String, Double> more = new TreeMap<>(resources);
      more.put(name, amount);
      return new Spec(numCpus, more);
    }
  }

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Path folder;
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<Path> crashed = new ArrayList<>();
  private final @Nullable Links links;
  private @Nullable ControlState control;

  private LocalCluster(Path folder, @Nullable Links links) {
    this.folder = folder;
    this.links = links;
  }

  /// Describes a node.
  ///
  /// @param numCpus for tasks; they need not exist
  /// @return its description
  public static Spec node(int numCpus) {
    return new Spec(numCpus, Map.of());
  }

  /// Starts the head, then the others side by side; returns when all are members.
  ///
  /// @param specs what each node offers, the head first
  /// @return the cluster
  /// @throws Exception if a node does not start; those that did are ended
  public static LocalCluster start(Spec... specs) throws Exception {
    return start(null, specs);
  }

  /// Starts nodes that can be cut off from each other by {@link #partition}. Their messages take a
  /// way through this process, which is slower.
  ///
  /// @param specs what each node offers, the head first
  /// @return the cluster
  /// @throws Exception if a node does not start; those that did are ended
  public static LocalCluster startPartitionable(Spec... specs) throws Exception {
    return start(new Links(), specs);
  }

  private static LocalCluster start(@Nullable Links links, Spec... specs) throws Exception {
    LocalCluster cluster = new LocalCluster(Files.createTempDirectory("ray-cluster"), links);
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
  /// @param spec what it offers
  /// @return its index
  /// @throws Exception if it does not start
  public int add(Spec spec) throws Exception {
    addAll(List.of(spec));
    return nodes.size() - 1;
  }

  /// Starts a node in the place of one that has ended, at its address.
  ///
  /// @param index of the node that has ended
  /// @param spec what the new one offers
  /// @throws IOException if it does not start
  public void replace(int index, Spec spec) throws IOException {
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

  /// The settings that a node at an index is started with.
  ///
  /// @param index of the node
  /// @param spec what it offers
  /// @return every setting
  /// @throws IOException if there is no port for it
  public Config config(int index, Spec spec) throws IOException {
    Map<String, Object> settings = new HashMap<>();
    settings.put("ray.node.ip-address", ip(index));
    settings.put("ray.node.num-cpus", spec.numCpus());
    settings.put("ray.node.num-workers", Math.min(spec.numCpus(), 1));
    settings.put("ray.node.resources", spec.resources());
    settings.put("ray.object-store.memory", 64L << 20);
    settings.put("ray.worker.heap-maximum", 128L << 20);
    settings.put("ray.redis.password-file", passwordFile().toString());
    // A loaded machine must not look like a dead one.
    settings.put("ray.cluster.failure-timeout", "8 s");
    if (index > 0) {
      settings.put("ray.address", address());
    }
    if (links != null) {
      Links.Link link = links.at(index, ip(index));
      settings.put("ray.node.port", link.port());
      settings.put("ray.akka.remote.artery.bind.hostname", ip(index));
      settings.put("ray.akka.remote.artery.bind.port", link.boundPort());
      // So it is known who connects.
      settings.put("ray.akka.remote.artery.tcp.outbound-client-hostname", ip(index));
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
  ///
  /// @return host and port of the head's Redis
  public String address() {
    return String.valueOf(nodes.getFirst().address().get("redis-address"));
  }

  /// The address of a node.
  ///
  /// @param index of the node
  /// @return its IP address
  public String ip(int index) {
    return "127.0.0." + (index + 1);
  }

  /// Options of a driver at a node, which prints nothing.
  ///
  /// @param index of the node
  /// @return options for `Ray.init`
  public InitOptions.Builder driverAt(int index) {
    return InitOptions.builder()
        .setAddress("redis://" + address())
        .setNodeIpAddress(ip(index))
        .setDriverMode(DriverMode.SILENT);
  }

  /// The process of a node.
  ///
  /// @param index of the node
  /// @return the process
  public NodeProcess process(int index) {
    return nodes.get(index);
  }

  /// The cluster's tables, past all nodes.
  ///
  /// @return a connection to Redis that ends with the cluster
  public ControlState control() {
    ControlState opened = control;
    if (opened == null) {
      throw new IllegalStateException("control state: none (expected: a head that has started)");
    }
    return opened;
  }

  /// Kills a node, its workers and whatever else stems from it, as a power failure would.
  ///
  /// @param index of the node
  public void kill(int index) {
    crashed.add(nodes.get(index).session().path());
    ProcessHandle node = nodes.get(index).handle();
    List<ProcessHandle> all = new ArrayList<>(node.descendants().toList());
    node.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
  }

  /// Freezes a node and what stems from it, as a machine that hangs.
  ///
  /// @param index of the node
  /// @throws IOException if the system refuses
  /// @throws InterruptedException if this thread is interrupted
  public void pause(int index) throws IOException, InterruptedException {
    signal("STOP", index);
  }

  /// Lets a paused node go on.
  ///
  /// @param index of the node
  /// @throws IOException if the system refuses
  /// @throws InterruptedException if this thread is interrupted
  public void resume(int index) throws IOException, InterruptedException {
    signal("CONT", index);
  }

  private void signal(String name, int index) throws IOException, InterruptedException {
    ProcessHandle node = nodes.get(index).handle();
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    Stream.concat(Stream.of(node), node.descendants())
        .forEach(process -> command.add(Long.toString(process.pid())));
    Process kill = new ProcessBuilder(command).start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IOException(command + " failed");
    }
  }

  /// Breaks the network between some nodes and all others: no message arrives until it is healed,
  /// or one of the sides has given the other up. All of them reach Redis meanwhile, and objects
  /// that are under way arrive.
  ///
  /// @param indices of the nodes, which reach each other
  /// @throws IllegalStateException if the cluster was not started by {@link #startPartitionable}
  public void partition(int... indices) {
    Links cuttable = links();
    cuttable.cut(
        Arrays.stream(indices)
            .mapToObj(index -> cuttable.at(index).address())
            .collect(Collectors.toSet()),
        Set.of());
  }

  /// Breaks the link between two nodes only: others reach both. As {@link #partition} otherwise.
  ///
  /// @param one index of a node
  /// @param other index of another node
  /// @throws IllegalStateException if the cluster was not started by {@link #startPartitionable}
  public void disconnect(int one, int other) {
    Links cuttable = links();
    cuttable.cut(
        Set.of(), Set.of(Set.of(cuttable.at(one).address(), cuttable.at(other).address())));
  }

  private Links links() {
    if (links == null) {
      throw new IllegalStateException(
          "the nodes are connected directly (expected: a cluster of startPartitionable)");
    }
    return links;
  }

  /// Mends what {@link #partition} or {@link #disconnect} broke: what was said meanwhile arrives.
  ///
  /// @throws IllegalStateException if the cluster was not started by {@link #startPartitionable}
  public void heal() {
    partition();
  }

  /// Waits until the node table lists so many members.
  ///
  /// @param count how many
  /// @param atMost how long
  /// @throws Exception if Redis does not answer
  /// @throws AssertionError if there are not so many in time
  public void awaitMembers(int count, Duration atMost) throws Exception {
    long deadline = System.nanoTime() + atMost.toNanos();
    int members = members().size();
    while (members != count) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            members + " members (expected: " + count + " within " + atMost + ")");
      }
      LockSupport.parkNanos(POLL_NANOS);
      members = members().size();
    }
  }

  /// The nodes that have not left, by address.
  ///
  /// @return their rows in the node table
  /// @throws Exception if Redis does not answer
  public List<NodeRow> members() throws Exception {
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

  /// Ends all nodes, the head last, and removes the cluster's files, the logs of killed nodes too.
  @Override
  public void close() throws IOException {
    try (ExecutorService enders = Executors.newVirtualThreadPerTaskExecutor()) {
      nodes.stream().skip(1).forEach(node -> enders.execute(node::close));
    }
    if (control != null) {
      control.close();
    }
    nodes.stream().limit(1).forEach(NodeProcess::close);
    if (links != null) {
      links.close();
    }
    remove(folder);
    for (Path session : crashed) {
      remove(session);
    }
  }

  private static void remove(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
