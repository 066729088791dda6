package org.rayakka.node.worker;

import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.TaskId;
import org.rayakka.protocol.TaskSpec;

/// The way to a worker process. Nothing here blocks: frames gather and leave at the end of the
/// event loop's turn. Belongs to the event loop's thread.
public interface WorkerChannel {
  /// Queues a task in a lane.
  ///
  /// @param lane which
  /// @param attempt 0 the first time
  /// @param gpuIds the GPUs it may use
  /// @param spec the task
  void execute(int lane, int attempt, int[] gpuIds, TaskSpec spec);

  /// Asks for tasks of a lane that are not started.
  ///
  /// @param lane which
  /// @param count how many at most
  void recall(int lane, int count);

  /// Drops a lane.
  ///
  /// @param lane which
  void closeLane(int lane);

  /// Cancels a task.
  ///
  /// @param lane the lane it is in
  /// @param taskId which
  /// @param timeoutMs its own timeout if that is over; -1 if somebody cancelled it
  void cancel(int lane, TaskId taskId, int timeoutMs);

  /// Tells what a function id stands for.
  ///
  /// @param functionId the id
  /// @param jobId the job it belongs to
  /// @param descriptor what it stands for
  void export(FunctionId functionId, JobId jobId, byte[] descriptor);

  /// Asks the process to end in good order.
  void stop();
}
