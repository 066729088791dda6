package org.rayakka.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.io.File;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.TreeMap;
import org.rayakka.node.transfer.AeronSettings;

/// The settings under `ray`, read once; `reference.conf` beside this class says what each means.
///
/// A value that the file leaves to the machine (`auto`) is empty here.
///
/// @param address the cluster to attach to, or that a node joins; empty: start a head
/// @param namespace of the job's named actors; empty: one of its own
/// @param jobName in listings; empty: the driver's main class
/// @param objectIdSeed seeds the ids of a driver's objects; 0: none
/// @param driverMode the name of a `DriverMode`
/// @param redirectOutput whether what tasks print goes to files only, which stay
/// @param codeSearchPath where workers find the job's classes, beside the driver's class path
/// @param loggingLevel of the node
/// @param session where session folders are and how long they stay
/// @param node the node process
/// @param worker the worker processes
/// @param objectStoreMemory bytes of shared memory
/// @param transfer how objects go from node to node
/// @param redis the Redis processes
/// @param cluster how nodes are members of a cluster
/// @param akka further settings of Akka
/// @param aotCaches the JVM's ahead-of-time caches
public record RaySettings(
    String address,
    String namespace,
    String jobName,
    long objectIdSeed,
    String driverMode,
    boolean redirectOutput,
    List<String> codeSearchPath,
    String loggingLevel,
    Session session,
    Node node,
    Worker worker,
    OptionalLong objectStoreMemory,
    Transfer transfer,
    Redis redis,
    Cluster cluster,
    Config akka,
    AotCaches aotCaches) {
  /// Copies the list, and checks what depends on each other.
  public RaySettings {
    codeSearchPath = List.copyOf(codeSearchPath);
    if (transfer.fetchTimeout().compareTo(cluster.failureTimeout()) <= 0) {
      throw new IllegalArgumentException(
          "ray.transfer.fetch-timeout: %d ms (expected: > ray.cluster.failure-timeout, %d ms)"
              .formatted(transfer.fetchTimeout().toMillis(), cluster.failureTimeout().toMillis()));
    }
  }

  /// Where session folders are, and how long they stay.
  ///
  /// @param directory below which session folders are made; empty: the temporary folder's `ray`
  /// @param keep whether the logs stay after a normal end
  /// @param keepCrashed how many folders of crashed sessions stay
  public record Session(String directory, boolean keep, int keepCrashed) {
    public Session {
      requireAtLeast("ray.session.keep-crashed", keepCrashed, 0);
    }
  }

  /// The node process.
  ///
  /// @param ipAddress that other nodes reach the node by
  /// @param port that other nodes reach the node by; 0: a free one
  /// @param numCpus for tasks
  /// @param numGpus for tasks
  /// @param resources custom ones by name
  /// @param numWorkers started ahead of demand
  /// @param startTimeout until drivers are served
  /// @param stopTimeout until the process is killed
  /// @param heapInitial in bytes
  /// @param heapMaximum in bytes
  /// @param maxLineageTasks remembered though nobody refers to their results
  /// @param jvmOptions further ones
  public record Node(
      Optional<String> ipAddress,
      int port,
      OptionalInt numCpus,
      OptionalInt numGpus,
      Map<String, Double> resources,
      OptionalInt numWorkers,
      Duration startTimeout,
      Duration stopTimeout,
      long heapInitial,
      long heapMaximum,
      int maxLineageTasks,
      List<String> jvmOptions) {
    public Node {
      requirePort("ray.node.port", port);
      numCpus.ifPresent(count -> requireAtLeast("ray.node.num-cpus", count, 0));
      numGpus.ifPresent(count -> requireAtLeast("ray.node.num-gpus", count, 0));
      numWorkers.ifPresent(count -> requireAtLeast("ray.node.num-workers", count, 0));
      requireAtLeast("ray.node.max-lineage-tasks", maxLineageTasks, 0);
      if (heapMaximum < heapInitial) {
        throw new IllegalArgumentException(
            "ray.node.heap-maximum: %d bytes (expected: >= ray.node.heap-initial, %d bytes)"
                .formatted(heapMaximum, heapInitial));
      }
      resources = Map.copyOf(resources);
      resources.forEach((name, amount) -> {
        if (!(amount >= 0)) {
          throw new IllegalArgumentException(
              "ray.node.resources.%s: %s (expected: >= 0)".formatted(name, amount));
        }
      });
      jvmOptions = List.copyOf(jvmOptions);
    }
  }

  /// The worker processes.
  ///
  /// @param actorProcesses that host one actor each before actors share
  /// @param gpuIdleTimeout until one for tasks on GPUs ends that has no task
  /// @param heapMaximum in bytes
  /// @param jvmOptions further ones
  public record Worker(
      OptionalInt actorProcesses,
      Duration gpuIdleTimeout,
      OptionalLong heapMaximum,
      List<String> jvmOptions) {
    public Worker {
      actorProcesses.ifPresent(count -> requireAtLeast("ray.worker.actor-processes", count, 1));
      jvmOptions = List.copyOf(jvmOptions);
    }
  }

  /// How objects go from node to node.
  ///
  /// @param aeronDirectory of a media driver that runs already; empty: the node runs its own
  /// @param mtuBytes the largest datagram
  /// @param fetchTimeout how long an object that another node has may not come
  public record Transfer(
      Optional<String> aeronDirectory, OptionalInt mtuBytes, Duration fetchTimeout) {
    public Transfer {
      mtuBytes.ifPresent(bytes -> AeronSettings.requireMtu("ray.transfer.mtu", bytes));
    }
  }

  /// The Redis processes.
  ///
  /// @param numShards beside the primary
  /// @param port of the primary; 0: a free one
  /// @param startTimeout until Redis answers
  /// @param passwordFile holds the password of a cluster's Redis; empty: one in the user's folder
  public record Redis(int numShards, int port, Duration startTimeout, String passwordFile) {
    public Redis {
      requireAtLeast("ray.redis.num-shards", numShards, 0);
      requirePort("ray.redis.port", port);
    }
  }

  /// How nodes are members of a cluster.
  ///
  /// @param joinTimeout until a joining node is a member
  /// @param failureTimeout until a silent node counts as lost
  /// @param seedNodes `host:port` of the heads to join through; empty: those of the node table
  /// @param bootstrap whether nodes find the head by Akka Cluster Bootstrap
  public record Cluster(
      Duration joinTimeout, Duration failureTimeout, List<String> seedNodes, boolean bootstrap) {
    public Cluster {
      seedNodes = List.copyOf(seedNodes);
    }
  }

  /// The JVM's ahead-of-time caches.
  ///
  /// @param directory of the caches; empty: the user's cache folder
  /// @param enabled whether to use them
  public record AotCaches(String directory, boolean enabled) {}

  private static final String AUTO = "auto";

  /// Settings whose keys the user invents.
  private static final List<String> FREE_KEYS = List.of("ray.node.resources.", "ray.akka.");

  /// Reads `ray.conf`, the system properties and the defaults; `overrides` is stronger than all.
  ///
  /// @param overrides full keys, such as `ray.node.num-cpus`, and their values
  /// @return the settings
  public static RaySettings load(Map<String, ?> overrides) {
    return of(resolve(overrides));
  }

  /// Does what {@link #load} does, without reading the values into records.
  ///
  /// @param overrides full keys and their values
  /// @return a configuration in which every known key has a value, and there is no other
  public static Config resolve(Map<String, ?> overrides) {
    Map<String, Object> values = new TreeMap<>();
    // The keys of a map that is a value are names, not paths: a resource may be called "a.b".
    overrides.forEach(
        (key, value) -> values.put(key, ConfigValueFactory.fromAnyRef(value, "Ray.init")));
    Config given =
        ConfigFactory.parseMap(values, "Ray.init")
            .withFallback(systemProperties(System.getProperties()));
    Config checked = checked(given);
    String file = checked.hasPath("ray.config-file") ? checked.getString("ray.config-file") : "";
    Config written = file.isEmpty() ? onClassPath() : inFile(new File(file));
    return given.withFallback(checked(written)).withFallback(reference()).resolve();
  }

  /// Reads a file that {@link #render} wrote, or that a person did.
  ///
  /// @param file the file
  /// @return a configuration in which every known key has a value, and there is no other
  public static Config read(File file) {
    return checked(inFile(file)).withFallback(reference()).resolve();
  }

  /// Writes a configuration so that {@link #read} finds the same.
  ///
  /// @param settings what to write
  /// @return the text of a file
  public static String render(Config settings) {
    return settings
        .root()
        .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
  }

  /// The settings of a configuration that {@link #resolve} or {@link #read} returned.
  ///
  /// @param config the configuration
  /// @return the settings
  public static RaySettings of(Config config) {
    Config ray = config.getConfig("ray");
    Config session = ray.getConfig("session");
    Config node = ray.getConfig("node");
    Config redis = ray.getConfig("redis");
    Map<String, Double> resources = new LinkedHashMap<>();
    ConfigObject named = node.getObject("resources");
    for (String name : named.keySet()) {
      resources.put(name, named.toConfig().getDouble(quoted(name)));
    }
    return new RaySettings(
        ray.getString("address"),
        ray.getString("namespace"),
        ray.getString("job-name"),
        ray.getLong("object-id-seed"),
        ray.getString("driver-mode"),
        ray.getBoolean("redirect-output"),
        ray.getStringList("code-search-path"),
        ray.getString("logging-level"),
        new Session(
            session.getString("directory"),
            session.getBoolean("keep"),
            session.getInt("keep-crashed")),
        new Node(
            textOrAuto(node, "ip-address"),
            node.getInt("port"),
            countOrAuto(node, "num-cpus"),
            countOrAuto(node, "num-gpus"),
            resources,
            countOrAuto(node, "num-workers"),
            node.getDuration("start-timeout"),
            node.getDuration("stop-timeout"),
            node.getBytes("heap-initial"),
            node.getBytes("heap-maximum"),
            node.getInt("max-lineage-tasks"),
            node.getStringList("jvm-options")),
        new Worker(
            countOrAuto(ray, "worker.actor-processes"),
            ray.getDuration("worker.gpu-idle-timeout"),
            bytesOrAuto(ray, "worker.heap-maximum"),
            ray.getStringList("worker.jvm-options")),
        bytesOrAuto(ray, "object-store.memory"),
        new Transfer(
            Optional.of(ray.getString("transfer.aeron-directory")).filter(path -> !path.isEmpty()),
            countOrAuto(ray, "transfer.mtu"),
            ray.getDuration("transfer.fetch-timeout")),
        new Redis(
            redis.getInt("num-shards"),
            redis.getInt("port"),
            redis.getDuration("start-timeout"),
            redis.getString("password-file")),
        new Cluster(
            ray.getDuration("cluster.join-timeout"),
            ray.getDuration("cluster.failure-timeout"),
            ray.getStringList("cluster.seed-nodes"),
            ray.getBoolean("cluster.bootstrap")),
        ray.getConfig("akka"),
        new AotCaches(ray.getString("aot-caches.directory"), ray.getBoolean("aot-caches.enabled")));
  }

  /// The defaults alone.
  static Config reference() {
    return ConfigFactory.parseResources(RaySettings.class, "reference.conf");
  }

  /// Throws if a key under `ray` is none of ours.
  static Config checked(Config config) {
    Config reference = reference();
    if (!config.hasPath("ray")) {
      return config.withOnlyPath("ray");
    }
    Map<String, ConfigValue> given = new TreeMap<>();
    flatten("ray", config.getValue("ray"), given);
    given.forEach((key, value) -> {
      if (FREE_KEYS.stream().noneMatch(key::startsWith) && !isKnown(reference, key, value)) {
        throw new IllegalArgumentException(
            "%s: unknown setting, given in %s (expected: one of %s)"
                .formatted(key, value.origin().description(), alike(reference, key)));
      }
    });
    return config.withOnlyPath("ray");
  }

  private static boolean isKnown(Config reference, String key, ConfigValue value) {
    try {
      if (!reference.hasPath(key)) {
        return false;
      }
      boolean isSection = reference.getValue(key).valueType() == ConfigValueType.OBJECT;
      return isSection == (value.valueType() == ConfigValueType.OBJECT);
    } catch (ConfigException.BadPath | ConfigException.WrongType e) {
      return false;
    }
  }

  /// The keys of the section that `key` was looked for in.
  private static String alike(Config reference, String key) {
    String section = key;
    do {
      section = section.substring(0, Math.max(section.lastIndexOf('.'), 3));
    } while (!section.equals("ray") && !isSection(reference, section));
    return section + ".{" + String.join(", ", reference.getObject(section).keySet()) + "}";
  }

  private static boolean isSection(Config reference, String path) {
    try {
      return reference.hasPath(path)
          && reference.getValue(path).valueType() == ConfigValueType.OBJECT;
    } catch (ConfigException.BadPath | ConfigException.WrongType e) {
      return false;
    }
  }

  private static void flatten(String path, ConfigValue value, Map<String, ConfigValue> into) {
    if (value instanceof ConfigObject section && !section.isEmpty()) {
      section.forEach((name, child) -> flatten(path + "." + quoted(name), child, into));
    } else {
      into.put(path, value);
    }
  }

  private static String quoted(String name) {
    return name.matches("[A-Za-z0-9_-]+") ? name : '"' + name.replace("\"", "\\\"") + '"';
  }

  private static Config systemProperties(Properties properties) {
    Map<String, Object> ours = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith("ray.")) {
        String value = properties.getProperty(name);
        // A list is written as in a file; everything else is text until a type asks for more.
        ours.put(name, value.startsWith("[") ? list(name, value) : value);
      }
    }
    return ConfigFactory.parseMap(ours, "system properties");
  }

  private static Object list(String name, String value) {
    try {
      return ConfigFactory.parseString("value = " + value).getList("value").unwrapped();
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          "%s: %s (expected: a list such as [\"a\", \"b\"])".formatted(name, value), e);
    }
  }

  private static Config onClassPath() {
    return ConfigFactory.parseResources(
        Thread.currentThread().getContextClassLoader(),
        "ray.conf",
        ConfigParseOptions.defaults().setAllowMissing(true));
  }

  private static Config inFile(File file) {
    return ConfigFactory.parseFile(file, ConfigParseOptions.defaults().setAllowMissing(false));
  }

  private static Optional<String> textOrAuto(Config section, String key) {
    return Optional.of(section.getString(key)).filter(text -> !text.equals(AUTO));
  }

  private static OptionalInt countOrAuto(Config section, String key) {
    return section.getString(key).equals(AUTO)
        ? OptionalInt.empty()
        : OptionalInt.of(section.getInt(key));
  }

  private static OptionalLong bytesOrAuto(Config section, String key) {
    return section.getString(key).equals(AUTO)
        ? OptionalLong.empty()
        : OptionalLong.of(section.getBytes(key));
  }

  private static void requirePort(String key, int value) {
    if (value < 0 || value > 65_535) {
      throw new IllegalArgumentException("%s: %d (expected: 0 to 65535)".formatted(key, value));
    }
  }

  private static void requireAtLeast(String key, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException("%s: %d (expected: >= %d)".formatted(key, value, least));
    }
  }
}
