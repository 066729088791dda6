package org.rayakka.node.control;

import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;

/// A row of the {@link JobTable}.
///
/// @param id the job
/// @param name what its driver calls it
/// @param namespace where the names of its actors count
/// @param node the node its driver is connected to
/// @param driverPid its driver's process there
/// @param startMillis when it started, since the epoch
/// @param endMillis when it ended, since the epoch; 0 while it runs
public record JobRow(
    JobId id,
    String name,
    String namespace,
    NodeId node,
    long driverPid,
    long startMillis,
    long endMillis) {
  /// Whether it still runs.
  ///
  /// @return false once it ended
  public boolean isRunning() {
    return endMillis == 0;
  }
}
