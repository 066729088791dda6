package org.rayakka.client.submission;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.api.runtimecontext.ActorInfo;
import org.rayakka.api.runtimecontext.ActorState;
import org.rayakka.api.runtimecontext.NodeInfo;
import org.rayakka.api.state.ClusterState;
import org.rayakka.api.state.FunctionInfo;
import org.rayakka.api.state.HeldObject;
import org.rayakka.api.state.JobInfo;
import org.rayakka.api.state.Listing;
import org.rayakka.api.state.MemoryInfo;
import org.rayakka.api.state.ObjectInfo;
import org.rayakka.api.state.StateQuery;
import org.rayakka.api.state.TaskInfo;
import org.rayakka.api.state.TaskState;

/// The tables as records. The columns that are read here are named by the node.
final class NodeState implements ClusterState {
  private final BiFunction<String, StateQuery, StateRows> source;

  /// A view.
  ///
  /// @param source reads a table of the node
  NodeState(BiFunction<String, StateQuery, StateRows> source) {
    this.source = source;
  }

  private <T> Listing<T> list(String table, StateQuery query, Function<Row, T> toRecord) {
    StateRows rows = source.apply(table, query);
    List<T> records = new ArrayList<>();
    for (Map<String, @Nullable Object> columns : rows.rows()) {
      records.add(toRecord.apply(new Row(columns)));
    }
    return new Listing<>(records, rows.isCut());
  }

  @Override
  public Listing<FunctionInfo> functions(StateQuery query) {
    return list(
        "functions",
        query,
        row ->
            new FunctionInfo(
                FunctionId.parse(row.text("functionId")),
                JobId.parse(row.text("jobId")),
                row.text("className"),
                row.text("methodName")));
  }

  @Override
  public Listing<TaskInfo> tasks(StateQuery query) {
    return list(
        "tasks",
        query,
        row ->
            new TaskInfo(
                TaskId.parse(row.text("taskId")),
                JobId.parse(row.text("jobId")),
                TaskState.valueOf(row.text("state")),
                row.node("nodeId"),
                (int) row.number("attempt"),
                row.text("name"),
                row.text("kind"),
                FunctionId.parse(row.text("functionId")),
                TaskId.parse(row.text("parentTaskId")),
                row.number("parentCounter"),
                ActorId.parse(row.text("actorId")),
                row.number("actorCounter"),
                row.texts("arguments"),
                row.texts("returnIds").stream().map(ObjectId::parse).toList(),
                row.quantities("resources")));
  }

  @Override
  public Listing<ObjectInfo> objects(StateQuery query) {
    return list(
        "objects",
        query,
        row ->
            new ObjectInfo(
                ObjectId.parse(row.text("objectId")),
                JobId.parse(row.text("jobId")),
                row.number("size"),
                row.isTrue("isPut"),
                TaskId.parse(row.text("taskId")),
                row.texts("nodeIds").stream().map(NodeId::parse).toList()));
  }

  @Override
  public Listing<ActorInfo> actors(StateQuery query) {
    return list(
        "actors",
        query,
        row ->
            new ActorInfo(
                ActorId.parse(row.text("actorId")),
                JobId.parse(row.text("jobId")),
                row.text("className"),
                row.text("name"),
                row.text("namespace"),
                ActorState.valueOf(row.text("state")),
                row.number("numRestarts"),
                row.node("nodeId"),
                row.text("address"),
                row.number("pid")));
  }

  @Override
  public Listing<NodeInfo> nodes(StateQuery query) {
    return list(
        "nodes",
        query,
        row ->
            new NodeInfo(
                NodeId.parse(row.text("nodeId")),
                row.text("address"),
                row.text("hostname"),
                (int) row.number("port"),
                row.text("objectStore"),
                row.isTrue("alive"),
                row.quantities("resources"),
                row.labels("labels")));
  }

  @Override
  public Listing<JobInfo> jobs(StateQuery query) {
    return list(
        "jobs",
        query,
        row ->
            new JobInfo(
                JobId.parse(row.text("jobId")),
                row.text("name"),
                row.text("namespace"),
                row.number("driverPid"),
                Instant.ofEpochMilli(row.number("startMillis")),
                row.isTrue("running") ? null : Instant.ofEpochMilli(row.number("endMillis"))));
  }

  MemoryInfo memory() {
    Row store = list("store", StateQuery.ALL, Function.identity()).rows().getFirst();
    return new MemoryInfo(
        store.number("capacityBytes"),
        store.number("usedBytes"),
        store.number("pinnedBytes"),
        store.number("spilledBytes"),
        list(
            "memory",
            StateQuery.ALL,
            row ->
                new HeldObject(
                    ObjectId.parse(row.text("objectId")),
                    row.number("size"),
                    HeldObject.Place.valueOf(row.text("place")),
                    row.isTrue("isPut"),
                    row.texts("pinnedByPids").stream().map(Long::valueOf).toList(),
                    JobId.parse(row.text("jobId")),
                    (int) row.number("neededByTasks"))));
  }

  /// A row by the names of its columns; one that is missing is empty.
  private record Row(Map<String, @Nullable Object> columns) {
    String text(String column) {
      Object value = columns.get(column);
      return value == null ? "" : value.toString();
    }

    long number(String column) {
      return columns.get(column) instanceof Number number ? number.longValue() : 0;
    }

    boolean isTrue(String column) {
      return Boolean.TRUE.equals(columns.get(column));
    }

    @Nullable NodeId node(String column) {
      String hex = text(column);
      return hex.isEmpty() ? null : NodeId.parse(hex);
    }

    List<String> texts(String column) {
      return columns.get(column) instanceof List<?> list
          ? list.stream().map(String::valueOf).toList()
          : List.of();
    }

    Map<String, Double> quantities(String column) {
      Map<String, Double> quantities = new LinkedHashMap<>();
      if (columns.get(column) instanceof Map<?, ?> map) {
        map.forEach((name, amount) -> {
          if (amount instanceof Number number) {
            quantities.put(String.valueOf(name), number.doubleValue());
          }
        });
      }
      return quantities;
    }

    Map<String, String> labels(String column) {
      Map<String, String> labels = new LinkedHashMap<>();
      if (columns.get(column) instanceof Map<?, ?> map) {
        map.forEach((name, label) -> labels.put(String.valueOf(name), String.valueOf(label)));
      }
      return labels;
    }
  }
}
