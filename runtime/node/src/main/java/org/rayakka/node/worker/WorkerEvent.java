package org.rayakka.node.worker;

import java.util.List;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.TaskId;
import org.rayakka.protocol.sbe.TaskOutcome;

/// What the owner of a lane, or of a request for a worker, is told.
public sealed interface WorkerEvent {

  /// How one task ended; its outputs are sealed, unless it is to be run again.
  ///
  /// @param lane where it ran
  /// @param taskId which
  /// @param outcome how it ended
  /// @param durationNs how long the method ran
  record TaskEnded(Lane lane, TaskId taskId, TaskOutcome outcome, long durationNs) {}

  /// Tasks of the owner's lanes ended, in this order.
  ///
  /// @param tasks which, and how
  record TasksEnded(List<TaskEnded> tasks) implements WorkerEvent {}

  /// The running task of a lane blocks, and what was queued behind it is the owner's again.
  ///
  /// @param lane which
  /// @param returned the tasks handed back, in queue order
  record LaneBlocked(Lane lane, List<TaskId> returned) implements WorkerEvent {}

  /// The running task of a lane goes on.
  ///
  /// @param lane which
  record LaneUnblocked(Lane lane) implements WorkerEvent {}

  /// Answer to {@link Lane#recall}: these were not started, and are the owner's again.
  ///
  /// @param lane which
  /// @param returned the tasks handed back, in queue order
  record TasksReturned(Lane lane, List<TaskId> returned) implements WorkerEvent {}

  /// A worker process is ready for tasks.
  ///
  /// @param worker which
  record WorkerReady(WorkerProcess worker) implements WorkerEvent {}

  /// A worker process is gone, and its unsealed objects are swept away.
  ///
  /// @param worker which
  /// @param reason for a person
  record WorkerLost(WorkerProcess worker, String reason) implements WorkerEvent {}

  /// No worker could be started.
  ///
  /// @param jobId for which job
  /// @param devices for which GPUs
  /// @param reason for a person
  record WorkerRefused(JobId jobId, String devices, String reason) implements WorkerEvent {}
}
