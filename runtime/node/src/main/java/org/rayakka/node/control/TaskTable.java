package org.rayakka.node.control;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;

/// What was submitted and how far it is. A task's row is its lineage: it stays while an output of
/// the task may have to be made again.
public interface TaskTable {
  /// Records a new task, in state {@link TaskState#WAITING}. Called once for a task, by the node
  /// that its submitter is connected to.
  ///
  /// @param task the task
  /// @param job its job
  /// @param node the node that takes it in
  /// @param spec its encoded specification
  void submitted(TaskId task, JobId job, NodeId node, byte[] spec);

  /// Records a task's new state. Ignored if the task was just forgotten.
  ///
  /// @param task the task
  /// @param job its job
  /// @param state how far it is now
  /// @param node where
  /// @param attempt how often it was started before, from 0
  void changed(TaskId task, JobId job, TaskState state, NodeId node, int attempt);

  /// Records that a task is done, and where its first return value is. A row of its own for each
  /// such object would double what a small task costs the table's server; {@link ObjectTable} reads
  /// it from here. Ignored if the task was just forgotten.
  ///
  /// @param task the task
  /// @param job its job
  /// @param node the node that the task was submitted at
  /// @param size bytes of its first return value, if the node holds it; else -1
  void done(TaskId task, JobId job, NodeId node, long size);

  /// Removes a task that nothing refers to any more.
  ///
  /// @param task the task
  void forget(TaskId task);

  /// Looks a task up.
  ///
  /// @param task the task
  /// @return its row; empty if there is none
  CompletionStage<Optional<TaskRow>> find(TaskId task);

  /// Lists tasks, in no particular order.
  ///
  /// @param limit how many at most
  /// @return the rows
  CompletionStage<List<TaskRow>> list(int limit);
}
