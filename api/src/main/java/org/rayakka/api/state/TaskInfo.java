package org.rayakka.api.state;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;

/// A task as the cluster knows it.
///
/// @param taskId its id
/// @param jobId the job that it belongs to
/// @param state how far it is
/// @param nodeId the node whose scheduler has it, or null if none has
/// @param attempt how often it was started before
/// @param name what errors call it: the name that it was given, or else its function's; empty if
///   the function is not known any more
/// @param kind `TASK`, `ACTOR_CREATION` or `ACTOR_CALL`
/// @param functionId what it runs
/// @param parentTaskId the task that submitted it
/// @param parentCounter how many tasks the parent had submitted before
/// @param actorId the actor that it creates or calls, {@link ActorId#NIL} for a plain task
/// @param actorCounter how many calls the handle had made before
/// @param arguments one text each: the id of an object, or the size of a value that the task brings
///   along
/// @param returnIds the objects that it makes
/// @param resources what it holds while it runs
public record TaskInfo(
    TaskId taskId,
    JobId jobId,
    TaskState state,
    @Nullable NodeId nodeId,
    int attempt,
    String name,
    String kind,
    FunctionId functionId,
    TaskId parentTaskId,
    long parentCounter,
    ActorId actorId,
    long actorCounter,
    List<String> arguments,
    List<ObjectId> returnIds,
    Map<String, Double> resources) {
  /// Copies the collections.
  public TaskInfo {
    arguments = List.copyOf(arguments);
    returnIds = List.copyOf(returnIds);
    resources = Map.copyOf(resources);
  }
}
