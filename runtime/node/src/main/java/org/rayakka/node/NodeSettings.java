package org.rayakka.node;

import java.nio.file.Path;
import java.time.Duration;
import org.rayakka.node.control.redis.RedisSettings;
import org.rayakka.node.scheduling.local.GpuDevices;
import org.rayakka.node.scheduling.local.ResourceSet;
import org.rayakka.node.transfer.AeronSettings;
import org.rayakka.node.worker.WorkerLauncher;
import org.rayakka.objectstore.StoreSettings;

/// What a node is started with.
///
/// @param sessionDirectory its session folder, mode 0700; its socket, spilled objects and workers'
///   logs go there
/// @param address the host name or address by which other nodes reach it
/// @param membership how it is a member of its cluster
/// @param resources what it lends to tasks
/// @param gpus which GPUs these are
/// @param gpuWorkerIdleTimeout how long a worker for tasks on GPUs is kept without tasks
/// @param taskWorkers how many worker processes a job starts with; 0: when the first task comes
/// @param actorProcesses how many processes of a job host one actor each before actors share
/// @param maxLineageTasks how many tasks are remembered for their lineage alone
/// @param store the object store
/// @param aeron which brings objects from other nodes
/// @param fetchTimeout how long an object that another node has may not come
/// @param redis where the tables are
/// @param secret what clients must know
/// @param workers starts worker processes
public record NodeSettings(
    Path sessionDirectory,
    String address,
    MembershipSettings membership,
    ResourceSet resources,
    GpuDevices gpus,
    Duration gpuWorkerIdleTimeout,
    int taskWorkers,
    int actorProcesses,
    int maxLineageTasks,
    StoreSettings store,
    AeronSettings aeron,
    Duration fetchTimeout,
    RedisSettings redis,
    String secret,
    WorkerLauncher workers) {

  /// Checks the numbers.
  public NodeSettings {
    if (taskWorkers < 0) {
      throw new IllegalArgumentException("taskWorkers: " + taskWorkers + " (expected: >= 0)");
    }
    if (actorProcesses < 1) {
      throw new IllegalArgumentException("actorProcesses: " + actorProcesses + " (expected: >= 1)");
    }
    if (!fetchTimeout.isPositive()) {
      throw new IllegalArgumentException("fetchTimeout: " + fetchTimeout + " (expected: > 0)");
    }
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("secret: empty (expected: at least one character)");
    }
  }

  /// Where clients connect.
  ///
  /// @return the path of the node's socket
  public Path socket() {
    return sessionDirectory.resolve("node.sock");
  }

  @Override
  public String toString() {
    // Without the secret.
    return "NodeSettings[" + sessionDirectory + ", " + address + ", " + resources + "]";
  }
}
