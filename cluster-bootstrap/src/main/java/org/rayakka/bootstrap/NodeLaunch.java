package org.rayakka.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What {@link NodeProcess} tells {@link NodeMain} beside the settings, in the same file.
///
/// @param settings all of `ray`
/// @param ownerPid the process whose end is the node's, or {@link #NO_OWNER}
/// @param workerClassPath what every worker loads before its job's own entries
record NodeLaunch(RaySettings settings, long ownerPid, List<Path> workerClassPath) {
  /// In place of a process: the node lives until it is told to end.
  static final long NO_OWNER = 0;

  NodeLaunch {
    workerClassPath = List.copyOf(workerClassPath);
  }

  /// Whether the node ends with the process that started it.
  boolean isOwned() {
    return ownerPid != NO_OWNER;
  }

  /// Whether the node forms a cluster; otherwise it joins the one at the settings' address.
  boolean isHead() {
    return settings.address().isEmpty();
  }

  /// The text of a settings file.
  ///
  /// @param ownerPid the process whose end is the node's, or {@link #NO_OWNER}
  static String render(
      Config config, SessionFolder session, RuntimeClassPath classPath, long ownerPid) {
    Map<String, ?> launch =
        Map.of(
            "owner-pid",
            ownerPid,
            "worker-class-path",
            classPath.worker().stream().map(Path::toString).toList());
    return RaySettings.render(
        config
            .withOnlyPath("ray")
            .withValue("launch", ConfigValueFactory.fromMap(launch, session.path().toString())));
  }

  /// Reads a settings file.
  static NodeLaunch read(File file) {
    Config launch = ConfigFactory.parseFile(file).getConfig("launch");
    return new NodeLaunch(
        RaySettings.of(RaySettings.read(file)),
        launch.getLong("owner-pid"),
        launch.getStringList("worker-class-path").stream().map(Path::of).toList());
  }
}
