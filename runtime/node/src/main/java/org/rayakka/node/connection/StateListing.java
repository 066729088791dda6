package org.rayakka.node.connection;

import akka.actor.typed.ActorRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.ActorRow;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.FunctionRow;
import org.rayakka.node.control.JobRow;
import org.rayakka.node.control.NodeRow;
import org.rayakka.node.control.ObjectRow;
import org.rayakka.node.control.TaskRow;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.object.StoreKeeper;
import org.rayakka.objectstore.StoreUsage;
import org.rayakka.objectstore.StoredObject;
import org.rayakka.protocol.Protocol;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.ArgumentKind;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.TaskKind;
import org.rayakka.protocol.sbe.TaskSpecDecoder;

/// The tables for clients and whoever else wants to look. All but three come from the control
/// state, after what this node has still to write; `memory`, `store` and `timeline` are of this
/// node alone.
final class StateListing {
  private static final Table<FunctionRow> FUNCTIONS =
      new Table<FunctionRow>()
          .with("functionId", row -> row.id().hex())
          .with("jobId", row -> row.job().hex())
          .with("className", FunctionRow::className)
          .with("methodName", FunctionRow::methodName);

  private static final Table<NamedTask> TASKS =
      new Table<NamedTask>()
          .with("taskId", task -> task.row.id().hex())
          .with("state", task -> task.row.state().name())
          .with("name", task -> task.name)
          .with("jobId", task -> task.row.job().hex())
          .with("nodeId", task -> hex(task.row.node()))
          .with("attempt", task -> task.row.attempt())
          .with("kind", task -> task.spec == null ? "" : task.spec.kind().name())
          .with("functionId", task -> task.function().hex())
          .with("parentTaskId", task -> task.parent.hex())
          .with("parentCounter", task -> task.parentCounter)
          .with("actorId", task -> (task.spec == null ? ActorId.NIL : task.spec.actorId()).hex())
          .with("actorCounter", task -> task.actorCounter)
          .with("arguments", task -> task.arguments)
          .with("returnIds", NamedTask::returnIds)
          .with("resources", NamedTask::resources);

  private static final Table<ObjectRow> OBJECTS =
      new Table<ObjectRow>()
          .with("objectId", row -> row.id().hex())
          .with("jobId", row -> row.job().hex())
          .with("size", ObjectRow::size)
          .with("isPut", ObjectRow::isPut)
          .with("taskId", row -> row.task().hex())
          .with("nodeIds", row -> row.holders().stream().map(NodeId::hex).toList());

  private static final Table<NodeRow> NODES =
      new Table<NodeRow>()
          .with("nodeId", row -> row.id().hex())
          .with("address", NodeRow::host)
          .with("hostname", NodeRow::host)
          .with("port", row -> port(row.address()))
          .with("pid", NodeRow::pid)
          .with("isHead", NodeRow::isHead)
          .with("alive", NodeRow::isAlive)
          .with("resources", NodeRow::resources);

  private static final Table<JobRow> JOBS =
      new Table<JobRow>()
          .with("jobId", row -> row.id().hex())
          .with("name", JobRow::name)
          .with("namespace", JobRow::namespace)
          .with("driverPid", JobRow::driverPid)
          .with("running", JobRow::isRunning)
          .with("startMillis", JobRow::startMillis)
          .with("endMillis", JobRow::endMillis);

  private static final Table<Held> MEMORY =
      new Table<Held>()
          .with("objectId", held -> held.object.id().hex())
          .with("size", held -> held.object.sizeBytes())
          .with("place", held -> held.object.state().name())
          .with("isPut", held -> held.object.id().isPut())
          .with("pinnedByPids", held -> held.object.pinnedBy())
          .with("jobId", held -> held.reference.jobId().hex())
          .with("neededByTasks", held -> held.reference.neededByTasks());

  private static final Table<StoreUsage> STORE =
      new Table<StoreUsage>()
          .with("capacityBytes", StoreUsage::capacityBytes)
          .with("usedBytes", StoreUsage::usedBytes)
          .with("pinnedBytes", StoreUsage::pinnedBytes)
          .with("objects", StoreUsage::objects)
          .with("spilledObjects", StoreUsage::spilledObjects)
          .with("spilledBytes", StoreUsage::spilledBytes);

  private final ControlState control;
  private final ActorRef<ObjectManager.Command> objects;
  private final ActorRef<StoreKeeper.Command> keeper;
  private final Timeline timeline;

  StateListing(
      ControlState control,
      ActorRef<ObjectManager.Command> objects,
      ActorRef<StoreKeeper.Command> keeper,
      Timeline timeline) {
    this.control = control;
    this.objects = objects;
    this.keeper = keeper;
    this.timeline = timeline;
  }

  /// Reads rows. To be called on the event loop; completes on any thread, exceptionally if there is
  /// no such table or column.
  CompletionStage<Table.Listed> list(TableQuery query) {
    int count = query.rowsToRead();
    return switch (query.table()) {
      case "functions" -> written(() -> control.functions().list(count), FUNCTIONS, query);
      case "tasks" ->
          control
              .flush()
              .thenCompose(written -> control.tasks().list(count))
              .thenCombine(
                  control.functions().list(Integer.MAX_VALUE),
                  (rows, functions) -> TASKS.list(named(rows, functions), query));
      case "objects" -> written(() -> control.objects().list(count), OBJECTS, query);
      case "actors" ->
          control
              .flush()
              .thenCompose(written -> control.actors().list(count))
              .thenCombine(
                  control.nodes().list(), (rows, nodes) -> actors(nodes).list(rows, query));
      case "nodes" -> written(() -> control.nodes().list(), NODES, query);
      case "jobs" -> written(() -> control.jobs().list(), JOBS, query);
      case "memory" ->
          listStore(query.rowsToRead())
              .thenCompose(listed ->
                  references(listed.objects()).thenApply(held -> MEMORY.list(held, query)));
      case "store" -> listStore(1).thenApply(listed -> STORE.list(List.of(listed.usage()), query));
      case "timeline" -> CompletableFuture.completedStage(timeline.events(query.limit()));
      default ->
          CompletableFuture.failedStage(
              new IllegalArgumentException(
                  "table: '"
                      + query.table()
                      + "' (expected: functions, tasks, objects, actors, nodes, jobs, memory, store"
                      + " or timeline)"));
    };
  }

  private <T> CompletionStage<Table.Listed> written(
      Supplier<CompletionStage<List<T>>> rows, Table<T> table, TableQuery query) {
    return control
        .flush()
        .thenCompose(written -> rows.get())
        .thenApply(read -> table.list(read, query));
  }

  private static Table<ActorRow> actors(List<NodeRow> nodes) {
    Map<NodeId, String> hosts =
        nodes.stream().collect(Collectors.toMap(NodeRow::id, NodeRow::host));
    return new Table<ActorRow>()
        .with("actorId", row -> row.id().hex())
        .with("state", StateListing::state)
        .with("className", ActorRow::className)
        .with("name", ActorRow::name)
        .with("namespace", ActorRow::namespace)
        .with("jobId", row -> row.job().hex())
        .with("numRestarts", ActorRow::restarts)
        .with("nodeId", row -> hex(row.node()))
        .with("address", row -> hosts.getOrDefault(row.node(), ""))
        .with("reason", ActorRow::reason);
  }

  private static String state(ActorRow row) {
    return row.state() == ActorRow.State.PENDING ? "PENDING_CREATION" : row.state().name();
  }

  private CompletionStage<StoreKeeper.Listed> listStore(int limit) {
    CompletableFuture<StoreKeeper.Listed> listed = new CompletableFuture<>();
    keeper.tell(new StoreKeeper.ListObjects(limit, listed::complete));
    return listed;
  }

  private CompletionStage<List<Held>> references(List<StoredObject> stored) {
    CompletableFuture<List<Held>> held = new CompletableFuture<>();
    objects.tell(
        new ObjectManager.DescribeReferences(
            stored.stream().map(StoredObject::id).toList(),
            references -> {
              List<Held> rows = new ArrayList<>();
              for (int i = 0; i < stored.size(); i++) {
                rows.add(new Held(stored.get(i), references.get(i)));
              }
              held.complete(rows);
            }));
    return held;
  }

  /// An object of the store, and who refers to it.
  private record Held(StoredObject object, ObjectManager.Reference reference) {}

  private static List<NamedTask> named(List<TaskRow> rows, List<FunctionRow> functions) {
    Map<FunctionId, String> names =
        functions.stream()
            .collect(
                Collectors.toMap(
                    FunctionRow::id,
                    row -> row.className() + "." + row.methodName(),
                    (one, same) -> one));
    return rows.stream().map(row -> new NamedTask(row, names)).toList();
  }

  /// A task's row and what its specification says.
  private static final class NamedTask {
    final TaskRow row;
    final @Nullable TaskSpec spec;
    final String name;
    final TaskId parent;
    final long parentCounter;
    final long actorCounter;
    final List<String> arguments = new ArrayList<>();

    NamedTask(TaskRow row, Map<FunctionId, String> names) {
      this.row = row;
      if (row.spec().length == 0) {
        spec = null;
        name = "";
        parent = TaskId.NIL;
        parentCounter = 0;
        actorCounter = 0;
        return;
      }
      UnsafeBuffer bytes = new UnsafeBuffer(row.spec());
      spec = TaskSpec.read(bytes, 0, row.spec().length);
      name =
          spec.taskName().isEmpty() ? names.getOrDefault(spec.functionId(), "") : spec.taskName();
      TaskSpecDecoder decoder = new TaskSpecDecoder();
      decoder.wrapAndApplyHeader(bytes, 0, new MessageHeaderDecoder());
      parent = new TaskId(decoder.parentTaskId().high(), decoder.parentTaskId().low());
      parentCounter = decoder.parentCounter();
      actorCounter = spec.kind() == TaskKind.ACTOR_CALL ? decoder.actorCounter() : 0;
      int references = 0;
      for (TaskSpecDecoder.ArgumentsDecoder argument : decoder.arguments()) {
        arguments.add(
            argument.kind() == ArgumentKind.REFERENCE
                ? spec.references()[references++].toString()
                : "value of " + argument.valueLength() + " bytes");
        argument.skipValue();
      }
    }

    FunctionId function() {
      return spec == null ? FunctionId.NIL : spec.functionId();
    }

    List<String> returnIds() {
      List<String> ids = new ArrayList<>();
      if (spec != null) {
        for (int i = 1; i <= spec.numReturns(); i++) {
          ids.add(spec.returnId(i).hex());
        }
      }
      return ids;
    }

    Map<String, Double> resources() {
      Map<String, Double> amounts = new TreeMap<>();
      if (spec != null) {
        put(amounts, "CPU", spec.cpu());
        put(amounts, "GPU", spec.gpu());
        spec.resources().forEach((resource, amount) -> put(amounts, resource, amount));
      }
      return amounts;
    }

    private static void put(Map<String, Double> amounts, String resource, long units) {
      if (units > 0) {
        amounts.put(resource, Protocol.amount(units));
      }
    }
  }

  /// The port of an actor system's address; 0 if it has none.
  private static int port(String address) {
    String digits = address.substring(address.lastIndexOf(':') + 1);
    return digits.isEmpty() || !digits.chars().allMatch(Character::isDigit)
        ? 0
        : Integer.parseInt(digits);
  }

  private static String hex(NodeId node) {
    return node.isNil() ? "" : node.hex();
  }
}
