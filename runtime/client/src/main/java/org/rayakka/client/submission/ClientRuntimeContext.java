package org.rayakka.client.submission;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.BaseActorHandle;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;
import org.rayakka.api.runtimecontext.ActorInfo;
import org.rayakka.api.runtimecontext.ActorState;
import org.rayakka.api.runtimecontext.NodeInfo;
import org.rayakka.api.runtimecontext.RuntimeContext;
import org.rayakka.api.state.StateQuery;

/// What code may know about where it runs.
final class ClientRuntimeContext implements RuntimeContext {
  private static final StateQuery ALL = StateQuery.ALL.withLimit(StateQuery.LARGEST_LIMIT);

  private final ClientRuntime runtime;

  ClientRuntimeContext(ClientRuntime runtime) {
    this.runtime = runtime;
  }

  @Override
  public JobId getCurrentJobId() {
    return runtime.context().job();
  }

  @Override
  public TaskId getCurrentTaskId() {
    return runtime.context().task();
  }

  @Override
  public ActorId getCurrentActorId() {
    return runtime.context().actor();
  }

  @Override
  public NodeId getCurrentNodeId() {
    return runtime.session().welcome().nodeId();
  }

  @Override
  public boolean wasCurrentActorRestarted() {
    return runtime.context().actorRestarted();
  }

  @Override
  public boolean isLocalMode() {
    return false;
  }

  @Override
  public List<NodeInfo> getAllNodeInfo() {
    return runtime.state().nodes(ALL).rows();
  }

  @Override
  public List<ActorInfo> getAllActorInfo(@Nullable JobId jobId, @Nullable ActorState state) {
    return runtime.state().actors(ALL).stream()
        .filter(actor ->
            (jobId == null || jobId.equals(actor.jobId()))
                && (state == null || state == actor.state()))
        .toList();
  }

  @Override
  // The caller says what class its own actor has.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T extends BaseActorHandle> T getCurrentActorHandle() {
    TaskContext context = runtime.context();
    if (context.actor().isNil()) {
      throw new IllegalStateException(
          "getCurrentActorHandle() outside of an actor (expected: a call in an actor's method)");
    }
    return (T) new ClientActorHandle<>(context.actor(), context.actorClass(), -1);
  }

  @Override
  public List<Long> getGpuIds() {
    return Arrays.stream(runtime.context().gpuIds()).boxed().toList();
  }

  @Override
  public String getNamespace() {
    return runtime.session().welcome().jobNamespace();
  }
}
