package org.rayakka.client.submission;

import org.rayakka.api.options.InitOptions;

/// Finds the node of a running cluster on this machine. Found by `ServiceLoader`.
public interface NodeLocator {
  /// Finds the node.
  ///
  /// @param options with the address of the cluster
  /// @return the node; closing it stops nothing
  LaunchedNode locate(InitOptions options);
}
