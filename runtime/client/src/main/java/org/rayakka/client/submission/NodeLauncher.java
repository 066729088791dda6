package org.rayakka.client.submission;

import org.rayakka.api.options.InitOptions;

/// Starts a node of the driver's own, for a program that attaches to none. Found by
/// `ServiceLoader`; a driver that only attaches does without.
public interface NodeLauncher {
  /// Fills in what the program left unset from the configuration: files and system properties.
  ///
  /// @param options what the program asked for
  /// @return the same with the gaps filled
  default InitOptions configured(InitOptions options) {
    return options;
  }

  /// Starts a head node and waits until it serves its socket.
  ///
  /// @param options what the program asked for, after {@link #configured}
  /// @return the node, which ends with this process, however that ends
  LaunchedNode launch(InitOptions options);
}
