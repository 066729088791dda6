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
/// @param ownerPid the process whose end is the node's; 0: none
/// @param workerClassPath what every worker loads before its job's own entries
record NodeLaunch(RaySettings settings, long ownerPid, List<Path> workerClassPath) {
  NodeLaunch {
    workerClassPath = List.copyOf(workerClassPath);
  }

  /// The text of a settings file for a node that this process owns.
  static String render(Config config, SessionFolder session, RuntimeClassPath classPath) {
    Map<String, ?> launch =
        Map.of(
            "owner-pid",
            ProcessHandle.current().pid(),
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
