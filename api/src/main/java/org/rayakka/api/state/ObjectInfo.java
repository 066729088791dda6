package org.rayakka.api.state;

import java.util.List;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;

/// An object as the cluster knows it.
///
/// @param objectId its id
/// @param jobId the job that it belongs to
/// @param size its bytes
/// @param isPut whether it was put; otherwise a task returned it
/// @param taskId the task that put or returned it
/// @param nodeIds the nodes that hold it
public record ObjectInfo(
    ObjectId objectId, JobId jobId, long size, boolean isPut, TaskId taskId, List<NodeId> nodeIds) {
  /// Copies the list.
  public ObjectInfo {
    nodeIds = List.copyOf(nodeIds);
  }
}
