package org.rayakka.api.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;

/// A job as the cluster knows it.
///
/// @param jobId its id
/// @param name what its driver calls it
/// @param namespace in which its actors are named
/// @param driverPid its driver's process
/// @param startTime when it started
/// @param endTime when it ended, or null if it runs
public record JobInfo(
    JobId jobId,
    String name,
    String namespace,
    long driverPid,
    Instant startTime,
    @Nullable Instant endTime) {
  /// Whether it runs.
  ///
  /// @return false once it ended
  public boolean isRunning() {
    return endTime == null;
  }
}
