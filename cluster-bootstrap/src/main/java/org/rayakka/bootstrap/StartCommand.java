package org.rayakka.bootstrap;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `ray start`: a node that lives until `ray stop`.
@Command(
    name = "start",
    description = {
      "Starts a node on this machine: the head of a new cluster, or one that joins a cluster. Returns"
          + " when the node serves programs; it lives until it is stopped by `ray stop`."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class StartCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--head", description = "Start the head of a cluster, with its Redis servers.")
  private boolean isHead;

  @Option(
      names = {"--redis-address", "--address"},
      paramLabel = "HOST:PORT",
      description = "Join the cluster of this Redis, as its head printed it.")
  private @Nullable String redisAddress;

  @Option(
      names = {"--redis-port", "--port"},
      paramLabel = "PORT",
      description = "Of the head's Redis; a free one by default.")
  private @Nullable Integer redisPort;

  @Option(
      names = "--num-redis-shards",
      paramLabel = "N",
      description = "Redis servers of the head beside the primary; 0 by default.")
  private @Nullable Integer numRedisShards;

  @Option(
      names = "--node-ip-address",
      paramLabel = "ADDRESS",
      description =
          "That other nodes reach this one by. By default a head is reached from this machine only,"
              + " and a node that joins by the interface that leads to the head.")
  private @Nullable String nodeIpAddress;

  @Option(
      names = {"--object-manager-port", "--node-manager-port"},
      paramLabel = "PORT",
      description =
          "That other nodes reach this one by, by TCP for messages and by UDP for objects; free ones"
              + " by default.")
  private @Nullable Integer nodePort;

  @Option(
      names = "--num-cpus",
      paramLabel = "N",
      description = "CPUs for tasks; those of the machine by default.")
  private @Nullable Integer numCpus;

  @Option(
      names = "--num-gpus",
      paramLabel = "N",
      description = "GPUs for tasks; those of the machine by default.")
  private @Nullable Integer numGpus;

  @Option(
      names = "--num-workers",
      paramLabel = "N",
      description = "Worker processes that each program finds started.")
  private @Nullable Integer numWorkers;

  @Option(
      names = "--resources",
      paramLabel = "JSON",
      description = "Custom resources and their amounts, such as '{\"ssd\": 2}'.")
  private @Nullable String resources;

  @Option(
      names = "--object-store-memory",
      paramLabel = "SIZE",
      description = "Shared memory for objects: bytes, or with a unit such as \"2 GiB\".")
  private @Nullable String objectStoreMemory;

  @Option(
      names = "--logging-level",
      paramLabel = "LEVEL",
      description = "What the node logs: TRACE, DEBUG, INFO, WARN, ERROR or OFF.")
  private @Nullable String loggingLevel;

  @Option(
      names = "--config-file",
      paramLabel = "FILE",
      description = "Settings in HOCON; the options here are stronger.")
  private @Nullable String configFile;

  @Option(
      names = "--block",
      description = "Return when the node ends; end the node when this command is ended.")
  private boolean block;

  @Override
  public Integer call() {
    check();
    RunningSession started;
    try {
      SessionFolder session = NodeProcess.startService(RaySettings.resolve(overrides()));
      started =
          RunningSession.of(session)
              .orElseThrow(() -> new CommandFailure("the node ended; its log was in " + session));
    } catch (IOException | IllegalArgumentException | ConfigException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
    if (!block) {
      say(started);
      return 0;
    }
    ProcessHandle process = endWithThisCommand(started);
    // Who reads this may end the command at once.
    say(started);
    process.onExit().join();
    throw new CommandFailure("the node ended; its log is in " + started.folder().logs());
  }

  private static ProcessHandle endWithThisCommand(RunningSession node) {
    ProcessHandle process =
        node.folder()
            .node()
            .orElseThrow(
                () -> new CommandFailure("the node ended; its log was in " + node.folder()));
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  if (process.isAlive()) {
                    NodeEnding.begin(node, process).await();
                  }
                }));
    return process;
  }

  private void check() {
    if (isHead == (redisAddress != null)) {
      throw wrong(
          isHead
              ? "--head and --redis-address: both given (expected: one of them)"
              : "--head and --redis-address: neither given (expected: one of them)");
    }
    if (!isHead && redisPort != null) {
      throw wrong("--redis-port: " + redisPort + " (expected: only with --head)");
    }
    if (!isHead && numRedisShards != null) {
      throw wrong("--num-redis-shards: " + numRedisShards + " (expected: only with --head)");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }

  private Map<String, Object> overrides() {
    Map<String, Object> overrides = new HashMap<>();
    // A head's settings file may be one that names the cluster for drivers.
    overrides.put("ray.address", redisAddress == null ? "" : redisAddress);
    put(overrides, "ray.redis.port", redisPort);
    put(overrides, "ray.redis.num-shards", numRedisShards);
    put(overrides, "ray.node.ip-address", nodeIpAddress);
    put(overrides, "ray.node.port", nodePort);
    put(overrides, "ray.node.num-cpus", numCpus);
    put(overrides, "ray.node.num-gpus", numGpus);
    put(overrides, "ray.node.num-workers", numWorkers);
    put(overrides, "ray.node.resources", resources == null ? null : amounts(resources));
    put(overrides, "ray.object-store.memory", objectStoreMemory);
    put(overrides, "ray.logging-level", loggingLevel);
    put(overrides, "ray.config-file", configFile);
    return overrides;
  }

  private static void put(Map<String, Object> overrides, String key, @Nullable Object value) {
    if (value != null) {
      overrides.put(key, value);
    }
  }

  private Map<String, Object> amounts(String json) {
    try {
      ConfigObject parsed = ConfigFactory.parseString("value = " + json).getObject("value");
      Map<String, Object> amounts = new HashMap<>();
      parsed
          .unwrapped()
          .forEach((name, amount) -> {
            if (!(amount instanceof Number)) {
              throw wrong("--resources: " + name + " = " + amount + " (expected: a number)");
            }
            amounts.put(name, amount);
          });
      return amounts;
    } catch (ConfigException e) {
      throw wrong("--resources: %s (expected: such as '{\"ssd\": 2}')".formatted(json));
    }
  }

  private void say(RunningSession node) {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    String address = node.redisAddress();
    out.printf(
        "The %s runs at %s, as process %d; its logs are in %s%n",
        node.isHead() ? "head" : "node", node.nodeIpAddress(), node.pid(), node.folder().logs());
    if (node.isHead()) {
      RaySettings settings = NodeLaunch.read(node.folder().settingsFile().toFile()).settings();
      out.printf("%nTo add a node, run on its machine:%n");
      out.printf("  ray start --redis-address=%s%n", address);
      out.printf(
          "which needs the password in %s, by a copy of the file or in %s.%n",
          new RedisPassword(settings.redis(), System.getenv()).file(), RedisPassword.VARIABLE);
      out.printf("%s%n", reach(settings));
      out.printf("%nTo run a program on the cluster, from a machine with a node:%n");
      out.printf("  Ray.init(\"redis://%s\");%n", address);
    }
    out.printf("%nTo stop the nodes of this machine:%n  ray stop%n");
    out.flush();
  }

  private static String reach(RaySettings settings) {
    List<String> ports = new ArrayList<>();
    ports.add(settings.redis().port() == 0 ? "" : "Redis " + settings.redis().port());
    ports.add(settings.node().port() == 0 ? "" : "node " + settings.node().port());
    String fixed = ports.stream().filter(port -> !port.isEmpty()).collect(Collectors.joining(", "));
    return settings.node().ipAddress().isEmpty()
        ? "Nodes of other machines reach it only if it is started with --node-ip-address."
        : "A firewall between the machines must let their connections to each other pass, by TCP and"
            + " UDP"
            + (fixed.isEmpty() ? "." : ": " + fixed + "; --redis-port, --object-manager-port.");
  }
}
