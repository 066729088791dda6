package org.rayakka.api.runtimecontext;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.BaseActorHandle;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;

/// What running code may ask about itself and its cluster.
public interface RuntimeContext {
  /// The job that this code belongs to.
  ///
  /// @return its id
  JobId getCurrentJobId();

  /// The task that this code runs in.
  ///
  /// @return its id; in a driver that of the driver
  TaskId getCurrentTaskId();

  /// The actor that this code runs in.
  ///
  /// @return its id, or {@link ActorId#NIL} outside of an actor
  ActorId getCurrentActorId();

  /// The node that this code runs on.
  ///
  /// @return its id
  NodeId getCurrentNodeId();

  /// Whether the actor that this code runs in was restarted.
  ///
  /// @return true if it was
  boolean wasCurrentActorRestarted();

  /// Whether tasks run inline, without other processes.
  ///
  /// @return true in the local mode
  boolean isLocalMode();

  /// All nodes, also those that left.
  ///
  /// @return a list of them
  List<NodeInfo> getAllNodeInfo();

  /// All actors of all jobs.
  ///
  /// @return a list of them
  default List<ActorInfo> getAllActorInfo() {
    return getAllActorInfo(null, null);
  }

  /// Some of the actors.
  ///
  /// @param jobId the job that they belong to, or null for all
  /// @param state the state that they are in, or null for all
  /// @return a list of them
  List<ActorInfo> getAllActorInfo(@Nullable JobId jobId, @Nullable ActorState state);

  /// A handle to the actor that this code runs in.
  ///
  /// @param <T> the type of the handle
  /// @return the handle
  /// @throws IllegalStateException outside of an actor
  @SuppressWarnings("TypeParameterUnusedInFormals") // The caller knows its class.
  <T extends BaseActorHandle> T getCurrentActorHandle();

  /// The graphics processors that the task or actor holds that this code runs in.
  ///
  /// @return their numbers, empty if it asked for none
  List<Long> getGpuIds();

  /// The namespace in which the actors of this job are named.
  ///
  /// @return its name
  String getNamespace();
}
