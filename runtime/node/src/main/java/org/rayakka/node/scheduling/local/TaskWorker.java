package org.rayakka.node.scheduling.local;

import java.util.ArrayDeque;
import org.rayakka.node.worker.Lane;
import org.rayakka.node.worker.WorkerProcess;

/// A worker for plain tasks, and its lanes.
final class TaskWorker {
  final WorkerProcess process;

  /// Open, and without tasks.
  final ArrayDeque<Lane> idleLanes = new ArrayDeque<>();

  /// Lanes with tasks, but for blocked ones.
  int active;

  TaskWorker(WorkerProcess process) {
    this.process = process;
  }
}
