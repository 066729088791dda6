package org.rayakka.client.submission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

/// What code may know about where it runs. The tables come from the node as JSON: lists of rows
/// with the field names that are read here.
final class ClientRuntimeContext implements RuntimeContext {
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
    List<NodeInfo> nodes = new ArrayList<>();
    for (Map<String, @Nullable Object> row : Json.rows(runtime.listState("nodes"))) {
      nodes.add(
          new NodeInfo(
              NodeId.parse(text(row, "nodeId")),
              text(row, "address"),
              text(row, "hostname"),
              (int) number(row, "port"),
              text(row, "objectStore"),
              Boolean.TRUE.equals(row.get("alive")),
              quantities(row.get("resources")),
              labels(row.get("labels"))));
    }
    return nodes;
  }

  @Override
  public List<ActorInfo> getAllActorInfo(@Nullable JobId jobId, @Nullable ActorState state) {
    List<ActorInfo> actors = new ArrayList<>();
    for (Map<String, @Nullable Object> row : Json.rows(runtime.listState("actors"))) {
      String node = text(row, "nodeId");
      ActorInfo actor =
          new ActorInfo(
              ActorId.parse(text(row, "actorId")),
              JobId.parse(text(row, "jobId")),
              text(row, "className"),
              text(row, "name"),
              text(row, "namespace"),
              ActorState.valueOf(text(row, "state")),
              number(row, "numRestarts"),
              node.isEmpty() ? null : NodeId.parse(node),
              text(row, "address"),
              number(row, "pid"));
      if ((jobId == null || jobId.equals(actor.jobId()))
          && (state == null || state == actor.state())) {
        actors.add(actor);
      }
    }
    return actors;
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

  private static String text(Map<String, @Nullable Object> row, String field) {
    Object value = row.get(field);
    return value == null ? "" : value.toString();
  }

  private static long number(Map<String, @Nullable Object> row, String field) {
    return row.get(field) instanceof Number number ? number.longValue() : 0;
  }

  private static Map<String, Double> quantities(@Nullable Object value) {
    Map<String, Double> quantities = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, amount) -> {
        if (amount instanceof Number number) {
          quantities.put(String.valueOf(name), number.doubleValue());
        }
      });
    }
    return quantities;
  }

  private static Map<String, String> labels(@Nullable Object value) {
    Map<String, String> labels = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, label) -> labels.put(String.valueOf(name), String.valueOf(label)));
    }
    return labels;
  }
}
