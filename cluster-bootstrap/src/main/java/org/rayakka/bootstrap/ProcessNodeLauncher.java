package org.rayakka.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;
import org.rayakka.client.submission.LaunchedNode;
import org.rayakka.client.submission.NodeLauncher;

/// Starts a head node as a child of the driver; found by `ServiceLoader`.
public final class ProcessNodeLauncher implements NodeLauncher {
  /// How often the cluster looks whether anything has changed, unless settings say so. Few sessions
  /// of one program are ever joined; in others, nodes look more often, so that joining is quick.
  private static final Config RARELY =
      ConfigFactory.parseMap(
          Map.of(
              "ray.akka.cluster.gossip-interval", "1 s",
              "ray.akka.cluster.leader-actions-interval", "1 s"));

  /// For `ServiceLoader`.
  public ProcessNodeLauncher() {}

  /// Fills in what describes the job. What describes a node to be started is left to {@link
  /// #launch}: it means nothing to a driver that attaches.
  @Override
  public InitOptions configured(InitOptions options) {
    RaySettings settings = RaySettings.load(Map.of());
    InitOptions.Builder filled = options.toBuilder();
    if (options.address() == null && !settings.address().isEmpty()) {
      filled.setAddress(settings.address());
    }
    if (options.namespace() == null && !settings.namespace().isEmpty()) {
      filled.setNamespace(settings.namespace());
    }
    if (options.jobName() == null && !settings.jobName().isEmpty()) {
      filled.setJobName(settings.jobName());
    }
    if (options.objectIdSeed() == null && settings.objectIdSeed() != 0) {
      filled.setObjectIdSeed(settings.objectIdSeed());
    }
    if (options.driverMode() == null) {
      filled.setDriverMode(DriverMode.parse(settings.driverMode().toUpperCase(Locale.ROOT)));
    }
    if (options.redirectOutput() == null) {
      filled.setRedirectOutput(settings.redirectOutput());
    }
    if (options.loggingLevel() == null) {
      filled.setLoggingLevel(settings.loggingLevel());
    }
    List<String> path = new ArrayList<>(options.codeSearchPath());
    path.addAll(settings.codeSearchPath());
    return filled.setCodeSearchPath(path).build();
  }

  @Override
  public LaunchedNode launch(InitOptions options) {
    try {
      Config settings = RaySettings.resolve(overrides(options)).withFallback(RARELY);
      return new OwnNode(NodeProcess.start(settings));
    } catch (IOException e) {
      throw new RaySystemException(String.valueOf(e.getMessage()), e);
    }
  }

  /// The options of a node, under the names of their settings.
  static Map<String, Object> overrides(InitOptions options) {
    Map<String, Object> overrides = new HashMap<>();
    put(overrides, "ray.node.ip-address", options.nodeIpAddress());
    put(overrides, "ray.node.num-cpus", options.numCpus());
    put(overrides, "ray.node.num-gpus", options.numGpus());
    put(overrides, "ray.node.num-workers", options.numWorkers());
    put(overrides, "ray.redis.num-shards", options.numRedisShards());
    put(overrides, "ray.object-store.memory", options.objectStoreMemory());
    put(overrides, "ray.logging-level", options.loggingLevel());
    put(overrides, "ray.redirect-output", options.redirectOutput());
    if (!options.resources().isEmpty()) {
      overrides.put("ray.node.resources", new LinkedHashMap<>(options.resources()));
    }
    return overrides;
  }

  private static void put(Map<String, Object> overrides, String key, @Nullable Object value) {
    if (value != null) {
      overrides.put(key, value);
    }
  }

  /// A node that ends with this driver.
  private record OwnNode(NodeProcess process) implements LaunchedNode {
    @Override
    public Path sessionDirectory() {
      return process.session().path();
    }

    @Override
    public void close() {
      process.close();
    }
  }
}
