package org.rayakka.api.exception;

import org.rayakka.api.id.TaskId;

/// The task was cancelled, or its time ran out before it ended.
///
/// Retrying the get does not help; the task may be submitted anew.
public final class TaskCancelledException extends RayException {
  private final TaskId taskId;

  /// The end of a cancelled task.
  ///
  /// @param taskId the task
  /// @param message who or what cancelled it
  public TaskCancelledException(TaskId taskId, String message) {
    super(taskId + ": " + message, null);
    this.taskId = taskId;
  }

  /// The task that was cancelled.
  ///
  /// @return its id
  public TaskId taskId() {
    return taskId;
  }

  @Override
  public boolean isRetryable() {
    return false;
  }
}
