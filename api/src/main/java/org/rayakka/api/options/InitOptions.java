package org.rayakka.api.options;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a program may ask of {@link org.rayakka.api.Ray#init(InitOptions)}. Whatever is unset
/// (null, or empty for a collection) comes from the configuration, and from the defaults behind
/// that.
///
/// With an address the program attaches to a cluster that runs; without one it starts its own,
/// which lives as long as the program. What describes a node to be started makes no sense when
/// attaching, and is refused then.
///
/// @param address host and port of the primary Redis server of the cluster to attach to, or `auto`
///   for the one that runs on this machine
/// @param nodeIpAddress the IP address of this node, under which others reach it
/// @param numCpus how many processors the node offers; those of the machine if unset
/// @param numGpus how many graphics processors the node offers; those of the machine if unset
/// @param resources what else the node offers, by name; positive infinity for no limit
/// @param numWorkers how many worker processes are started at once; 0 starts them on demand
/// @param numRedisShards how many Redis servers are started besides the primary one
/// @param objectStoreMemory how many bytes the object store of the node may hold
/// @param objectIdSeed seeds the ids: the same program with the same seed names its objects the
///   same way. Do not give two jobs of one cluster the same seed: their ids would collide
/// @param driverMode how tasks and their errors are treated; `SCRIPT` if unset
/// @param redirectOutput whether what tasks print goes to files in the session's folder only, which
///   then stays; otherwise this program shows it too. False if unset
/// @param namespace in which the actors of the job are named; one of its own if unset
/// @param jobName what the job is called in listings
/// @param jvmOptions the options of the job's worker processes
/// @param codeSearchPath where workers find the job's classes; the class path of the program if
///   unset
/// @param loggingLevel what the processes log: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `OFF`
public record InitOptions(
    @Nullable String address,
    @Nullable String nodeIpAddress,
    @Nullable Integer numCpus,
    @Nullable Integer numGpus,
    Map<String, Double> resources,
    @Nullable Integer numWorkers,
    @Nullable Integer numRedisShards,
    @Nullable Long objectStoreMemory,
    @Nullable Long objectIdSeed,
    @Nullable DriverMode driverMode,
    @Nullable Boolean redirectOutput,
    @Nullable String namespace,
    @Nullable String jobName,
    List<String> jvmOptions,
    List<String> codeSearchPath,
    @Nullable String loggingLevel) {

  /// The address that stands for the cluster that runs on this machine.
  public static final String AUTO = "auto";

  private static final List<String> LOGGING_LEVELS =
      List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

  /// Options of which none is set.
  public static final InitOptions UNSET = builder().build();

  /// Checks each value and their combination, and copies.
  ///
  /// @throws IllegalArgumentException if a value is out of its range, or does not go with another;
  ///   the message names it
  public InitOptions {
    resources = Checks.capacities(resources);
    jvmOptions = Checks.words("jvmOptions", jvmOptions);
    codeSearchPath = Checks.words("codeSearchPath", codeSearchPath);
    checkNames(nodeIpAddress, namespace, jobName);
    checkNumbers(numCpus, numGpus, numWorkers, numRedisShards, objectStoreMemory);
    if (loggingLevel != null) {
      checkLoggingLevel(loggingLevel);
    }
    if (address != null) {
      Checks.address("address", address);
      refuse("numCpus", numCpus, address);
      refuse("numGpus", numGpus, address);
      refuse("resources", resources.isEmpty() ? null : resources, address);
      refuse("numWorkers", numWorkers, address);
      refuse("numRedisShards", numRedisShards, address);
      refuse("objectStoreMemory", objectStoreMemory, address);
      if (driverMode == DriverMode.LOCAL) {
        refuse("driverMode", driverMode, address);
      }
    }
  }

  private static void checkNames(
      @Nullable String nodeIpAddress, @Nullable String namespace, @Nullable String jobName) {
    if (nodeIpAddress != null) {
      Checks.notBlank("nodeIpAddress", nodeIpAddress);
    }
    if (namespace != null) {
      Checks.notBlank("namespace", namespace);
    }
    if (jobName != null) {
      Checks.notBlank("jobName", jobName);
    }
  }

  private static void checkNumbers(
      @Nullable Integer numCpus,
      @Nullable Integer numGpus,
      @Nullable Integer numWorkers,
      @Nullable Integer numRedisShards,
      @Nullable Long objectStoreMemory) {
    if (numCpus != null) {
      Checks.atLeast(0, "numCpus", numCpus);
    }
    if (numGpus != null) {
      Checks.atLeast(0, "numGpus", numGpus);
    }
    if (numWorkers != null) {
      Checks.atLeast(0, "numWorkers", numWorkers);
    }
    if (numRedisShards != null) {
      Checks.atLeast(0, "numRedisShards", numRedisShards);
    }
    if (objectStoreMemory != null) {
      Checks.atLeast(1L, "objectStoreMemory", objectStoreMemory);
    }
  }

  private static void checkLoggingLevel(String loggingLevel) {
    if (!LOGGING_LEVELS.contains(loggingLevel)) {
      throw new IllegalArgumentException(
          "loggingLevel: '" + loggingLevel + "' (expected: one of " + LOGGING_LEVELS + ")");
    }
  }

  private static void refuse(String name, @Nullable Object value, String address) {
    if (value != null) {
      throw new IllegalArgumentException(
          name
              + ": "
              + value
              + " (expected: unset, because address "
              + address
              + " attaches to a cluster that runs already)");
    }
  }

  /// Starts with nothing set.
  ///
  /// @return a builder
  public static Builder builder() {
    return new Builder();
  }

  /// Starts from these options.
  ///
  /// @return a builder
  public Builder toBuilder() {
    return new Builder(this);
  }

  /// Collects options. Each setter checks its value at once, {@link #build()} their combination.
  public static final class Builder {
    private final Map<String, Double> resources = new LinkedHashMap<>();
    private @Nullable String address;
    private @Nullable String nodeIpAddress;
    private @Nullable Integer numCpus;
    private @Nullable Integer numGpus;
    private @Nullable Integer numWorkers;
    private @Nullable Integer numRedisShards;
    private @Nullable Long objectStoreMemory;
    private @Nullable Long objectIdSeed;
    private @Nullable DriverMode driverMode;
    private @Nullable Boolean redirectOutput;
    private @Nullable String namespace;
    private @Nullable String jobName;
    private List<String> jvmOptions = List.of();
    private List<String> codeSearchPath = List.of();
    private @Nullable String loggingLevel;

    private Builder() {}

    private Builder(InitOptions from) {
      resources.putAll(from.resources);
      address = from.address;
      nodeIpAddress = from.nodeIpAddress;
      numCpus = from.numCpus;
      numGpus = from.numGpus;
      numWorkers = from.numWorkers;
      numRedisShards = from.numRedisShards;
      objectStoreMemory = from.objectStoreMemory;
      objectIdSeed = from.objectIdSeed;
      driverMode = from.driverMode;
      redirectOutput = from.redirectOutput;
      namespace = from.namespace;
      jobName = from.jobName;
      jvmOptions = from.jvmOptions;
      codeSearchPath = from.codeSearchPath;
      loggingLevel = from.loggingLevel;
    }

    /// Attaches to a cluster.
    ///
    /// @param address host and port of its primary Redis server, or {@link InitOptions#AUTO}
    /// @return this
    public Builder setAddress(String address) {
      Checks.address("address", address);
      if (this.address != null && !this.address.equals(address)) {
        throw new IllegalArgumentException(
            "address: " + address + " (expected: " + this.address + ", which is set already)");
      }
      this.address = address;
      return this;
    }

    /// Attaches to a cluster: another name of {@link #setAddress(String)}.
    ///
    /// @param redisAddress host and port of its primary Redis server
    /// @return this
    public Builder setRedisAddress(String redisAddress) {
      return setAddress(redisAddress);
    }

    /// Sets the IP address of this node.
    ///
    /// @param nodeIpAddress under which others reach it
    /// @return this
    public Builder setNodeIpAddress(String nodeIpAddress) {
      this.nodeIpAddress = Checks.notBlank("nodeIpAddress", nodeIpAddress);
      return this;
    }

    /// Sets how many processors the node offers.
    ///
    /// @param numCpus the number
    /// @return this
    public Builder setNumCpus(int numCpus) {
      this.numCpus = Checks.atLeast(0, "numCpus", numCpus);
      return this;
    }

    /// Sets how many graphics processors the node offers.
    ///
    /// @param numGpus the number
    /// @return this
    public Builder setNumGpus(int numGpus) {
      this.numGpus = Checks.atLeast(0, "numGpus", numGpus);
      return this;
    }

    /// Sets how much of a resource the node offers.
    ///
    /// @param resource its name; processors have setters of their own
    /// @param capacity how much of it; positive infinity for no limit
    /// @return this
    public Builder setResource(String resource, double capacity) {
      resources.putAll(Checks.capacities(Map.of(Checks.notBlank("resource", resource), capacity)));
      return this;
    }

    /// Sets how much of several resources the node offers, and keeps the others.
    ///
    /// @param capacities by name
    /// @return this
    public Builder setResources(Map<String, Double> capacities) {
      resources.putAll(Checks.capacities(capacities));
      return this;
    }

    /// Sets how many worker processes are started at once.
    ///
    /// @param numWorkers the number; 0 starts them on demand
    /// @return this
    public Builder setNumWorkers(int numWorkers) {
      this.numWorkers = Checks.atLeast(0, "numWorkers", numWorkers);
      return this;
    }

    /// Sets how many Redis servers are started besides the primary one.
    ///
    /// @param numRedisShards the number
    /// @return this
    public Builder setNumRedisShards(int numRedisShards) {
      this.numRedisShards = Checks.atLeast(0, "numRedisShards", numRedisShards);
      return this;
    }

    /// Sets how much the object store of the node may hold.
    ///
    /// @param bytes the number of bytes
    /// @return this
    public Builder setObjectStoreMemory(long bytes) {
      this.objectStoreMemory = Checks.atLeast(1, "objectStoreMemory", bytes);
      return this;
    }

    /// Seeds the ids.
    ///
    /// @param objectIdSeed the seed, not used by another job of the cluster
    /// @return this
    public Builder setObjectIdSeed(long objectIdSeed) {
      this.objectIdSeed = objectIdSeed;
      return this;
    }

    /// Sets how tasks and their errors are treated.
    ///
    /// @param driverMode the mode
    /// @return this
    public Builder setDriverMode(DriverMode driverMode) {
      this.driverMode = Objects.requireNonNull(driverMode, "driverMode");
      return this;
    }

    /// Sets how tasks and their errors are treated.
    ///
    /// @param driverMode the name of the mode; see {@link DriverMode#parse(String)}
    /// @return this
    public Builder setDriverMode(String driverMode) {
      return setDriverMode(DriverMode.parse(driverMode));
    }

    /// Sets whether what tasks print goes to files only.
    ///
    /// @param redirectOutput whether it does
    /// @return this
    public Builder setRedirectOutput(boolean redirectOutput) {
      this.redirectOutput = redirectOutput;
      return this;
    }

    /// Sets the namespace in which the actors of the job are named.
    ///
    /// @param namespace its name
    /// @return this
    public Builder setNamespace(String namespace) {
      this.namespace = Checks.notBlank("namespace", namespace);
      return this;
    }

    /// Names the job in listings.
    ///
    /// @param jobName the name
    /// @return this
    public Builder setJobName(String jobName) {
      this.jobName = Checks.notBlank("jobName", jobName);
      return this;
    }

    /// Sets the options of the job's worker processes.
    ///
    /// @param jvmOptions the options, one per element
    /// @return this
    public Builder setJvmOptions(List<String> jvmOptions) {
      this.jvmOptions = Checks.words("jvmOptions", jvmOptions);
      return this;
    }

    /// Sets where workers find the job's classes.
    ///
    /// @param codeSearchPath files and folders
    /// @return this
    public Builder setCodeSearchPath(List<String> codeSearchPath) {
      this.codeSearchPath = Checks.words("codeSearchPath", codeSearchPath);
      return this;
    }

    /// Sets what the processes log.
    ///
    /// @param loggingLevel one of `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` and `OFF`
    /// @return this
    public Builder setLoggingLevel(String loggingLevel) {
      checkLoggingLevel(loggingLevel);
      this.loggingLevel = loggingLevel;
      return this;
    }

    /// The options collected.
    ///
    /// @return them, immutable
    /// @throws IllegalArgumentException if two of them do not go together; the message names one
    public InitOptions build() {
      return new InitOptions(
          address,
          nodeIpAddress,
          numCpus,
          numGpus,
          resources,
          numWorkers,
          numRedisShards,
          objectStoreMemory,
          objectIdSeed,
          driverMode,
          redirectOutput,
          namespace,
          jobName,
          jvmOptions,
          codeSearchPath,
          loggingLevel);
    }
  }
}
