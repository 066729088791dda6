package org.rayakka.bootstrap;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// What a node lends and takes on this machine, where the settings leave it to the machine.
///
/// @param numCpus for tasks
/// @param numWorkers processes started ahead of demand
/// @param actorProcesses processes that host one actor each before actors share
/// @param objectStoreMemory in bytes
/// @param workerHeap the largest of a worker, in bytes
record MachineResources(
    int numCpus, int numWorkers, int actorProcesses, long objectStoreMemory, long workerHeap) {
  private static final int MOST_WORKERS = 4;
  private static final long LARGEST_STORE = 2L << 30;
  private static final long SMALLEST_HEAP = 128L << 20;

  /// Decides for this machine, or the container that the process runs in.
  static MachineResources of(RaySettings settings) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return of(settings, Runtime.getRuntime().availableProcessors(), system.getTotalMemorySize());
  }

  static MachineResources of(RaySettings settings, int processors, long memory) {
    int numCpus = settings.node().numCpus().orElse(processors);
    int numWorkers = settings.node().numWorkers().orElse(Math.min(numCpus, MOST_WORKERS));
    long store = settings.objectStoreMemory().orElse(Math.min(memory / 10 * 3, LARGEST_STORE));
    long heap =
        settings
            .worker()
            .heapMaximum()
            .orElse(
                Math.max(
                    Math.min(memory / 4, memory / 2 / Math.max(numWorkers, 1)), SMALLEST_HEAP));
    return new MachineResources(
        numCpus,
        numWorkers,
        settings.worker().actorProcesses().orElse(Math.max(processors, MOST_WORKERS)),
        store,
        heap);
  }
}
