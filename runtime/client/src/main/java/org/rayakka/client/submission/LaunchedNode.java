package org.rayakka.client.submission;

import java.nio.file.Path;

/// A node that a driver can connect to, whether or not the driver started it.
public interface LaunchedNode extends AutoCloseable {
  /// The folder with its socket and its secret.
  Path sessionDirectory();

  /// Stops the node, if this driver started it, with all its processes; waits for their end.
  @Override
  void close();
}
