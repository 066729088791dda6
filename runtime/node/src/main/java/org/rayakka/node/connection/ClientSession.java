package org.rayakka.node.connection;

import akka.actor.typed.ActorRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.actor.ActorDirectory;
import org.rayakka.node.code.CodeDesk;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.control.JobRow;
import org.rayakka.node.error.ErrorReports;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.object.StoreKeeper;
import org.rayakka.node.object.StoreReaders;
import org.rayakka.node.output.OutputRelay;
import org.rayakka.node.peer.PeerMessage;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.scheduling.local.LocalScheduler;
import org.rayakka.node.worker.FunctionRegistry;
import org.rayakka.node.worker.Lane;
import org.rayakka.node.worker.WorkerEvent;
import org.rayakka.node.worker.WorkerPool;
import org.rayakka.node.worker.WorkerProcess;
import org.rayakka.protocol.Protocol;
import org.rayakka.protocol.TaskIds;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.ClientKind;
import org.rayakka.protocol.sbe.ExportFunctionDecoder;
import org.rayakka.protocol.sbe.GoodbyeDecoder;
import org.rayakka.protocol.sbe.HelloDecoder;
import org.rayakka.protocol.sbe.LaneBlockedDecoder;
import org.rayakka.protocol.sbe.LaneUnblockedDecoder;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.NeedObjectsDecoder;
import org.rayakka.protocol.sbe.ObjectsPutDecoder;
import org.rayakka.protocol.sbe.OutputFlushedDecoder;
import org.rayakka.protocol.sbe.ReleaseObjectsDecoder;
import org.rayakka.protocol.sbe.RequestDecoder;
import org.rayakka.protocol.sbe.TaskErrorDecoder;
import org.rayakka.protocol.sbe.TaskKind;
import org.rayakka.protocol.sbe.TaskOutputDecoder;
import org.rayakka.protocol.sbe.TaskSpecDecoder;
import org.rayakka.protocol.sbe.TasksFinishedDecoder;
import org.rayakka.protocol.sbe.TasksRecalledDecoder;

/// What a connected client says, taken to those it concerns. The frames that one read brings are
/// gathered, so that a burst costs each actor one message. Belongs to the event loop's thread.
final class ClientSession {

  /// Whom a session tells.
  ///
  /// @param node what a client is told of its node
  /// @param scheduler takes plain tasks
  /// @param actors takes actor creations and calls
  /// @param objects takes what concerns objects
  /// @param keeper gives slots of the store
  /// @param workerPool takes workers and jobs
  /// @param nodes the other nodes
  /// @param code gives the code of jobs to them
  /// @param functions takes exported functions
  /// @param readers takes who maps the store
  /// @param errors takes errors of tasks
  /// @param output takes what tasks print
  /// @param control the tables
  /// @param gate holds drivers back
  /// @param timeline takes when tasks ran
  /// @param state lists the tables
  record Parts(
      NodeFacts node,
      ActorRef<LocalScheduler.Command> scheduler,
      ActorRef<ActorDirectory.Command> actors,
      ActorRef<ObjectManager.Command> objects,
      ActorRef<StoreKeeper.Command> keeper,
      ActorRef<WorkerPool.Command> workerPool,
      ActorRef<Peers.Command> nodes,
      ActorRef<CodeDesk.Command> code,
      FunctionRegistry functions,
      StoreReaders readers,
      ErrorReports errors,
      OutputRelay output,
      ControlState control,
      ReadingGate gate,
      Timeline timeline,
      StateListing state) {}

  private static final int NO_SLOT = -1;

  private final ClientConnection connection;
  private final Parts peers;

  private final List<TaskSpec> submitted = new ArrayList<>();
  private final List<TaskSpec> plainTasks = new ArrayList<>();
  private final List<TaskSpec> actorTasks = new ArrayList<>();
  private final List<WorkerEvent.TaskEnded> finished = new ArrayList<>();
  private @Nullable ActorRef<WorkerEvent> finishedOwner;

  private boolean greeted;
  private boolean welcomed;
  private long startupToken; // a worker's
  private ClientKind kind = ClientKind.NULL_VAL;
  private JobId jobId = JobId.NIL;
  private String namespace = "";
  private long pid;
  private int slot = NO_SLOT;
  private @Nullable WorkerProcess worker;

  ClientSession(ClientConnection connection, Parts peers) {
    this.connection = connection;
    this.peers = peers;
  }

  void onFrame(MessageHeaderDecoder header, DirectBuffer buffer, int offset, int length)
      throws IOException {
    int template = header.templateId();
    if (!greeted) {
      if (template != HelloDecoder.TEMPLATE_ID) {
        throw new IOException("first frame: template " + template + " (expected: Hello)");
      }
      greeted = true;
      hello(header, buffer, offset);
      return;
    }
    if (!welcomed) {
      throw new IOException("template " + template + " before the welcome");
    }
    if (kind == ClientKind.OBSERVER
        && template != RequestDecoder.TEMPLATE_ID
        && template != GoodbyeDecoder.TEMPLATE_ID) {
      throw new IOException("template " + template + " from an observer (expected: Request)");
    }
    if (template == TaskSpecDecoder.TEMPLATE_ID) {
      submit(TaskSpec.read(buffer, offset, length));
      return;
    }
    if (template == TasksFinishedDecoder.TEMPLATE_ID) {
      handOverSubmitted();
      tasksFinished(header, buffer, offset);
      return;
    }
    endOfBatch();
    switch (template) {
      case ExportFunctionDecoder.TEMPLATE_ID -> exportFunction(header, buffer, offset);
      case ReleaseObjectsDecoder.TEMPLATE_ID -> releaseObjects(header, buffer, offset);
      case ObjectsPutDecoder.TEMPLATE_ID -> objectsPut(header, buffer, offset);
      case NeedObjectsDecoder.TEMPLATE_ID -> needObjects(header, buffer, offset);
      case LaneBlockedDecoder.TEMPLATE_ID -> laneBlocked(header, buffer, offset);
      case LaneUnblockedDecoder.TEMPLATE_ID -> laneUnblocked(header, buffer, offset);
      case TasksRecalledDecoder.TEMPLATE_ID -> tasksRecalled(header, buffer, offset);
      case TaskErrorDecoder.TEMPLATE_ID -> taskError(header, buffer, offset);
      case TaskOutputDecoder.TEMPLATE_ID -> peers.output().printed(jobId, buffer, offset, length);
      case OutputFlushedDecoder.TEMPLATE_ID -> peers.output().flushed(jobId, connection);
      case RequestDecoder.TEMPLATE_ID -> request(header, buffer, offset);
      case GoodbyeDecoder.TEMPLATE_ID -> connection.close("the client said goodbye");
      default -> throw new IOException("unknown template " + template);
    }
  }

  // Batches

  private void submit(TaskSpec spec) {
    submitted.add(spec);
    (spec.kind() == TaskKind.TASK ? plainTasks : actorTasks).add(spec);
  }

  /// Hands over what has gathered, in the order in which the client said it.
  void endOfBatch() {
    handOverSubmitted();
    handOverFinished();
    if (kind == ClientKind.DRIVER && !connection.isClosed()) {
      peers.gate().check(connection);
    }
  }

  private void handOverSubmitted() {
    if (submitted.isEmpty()) {
      return;
    }
    // First, so that arguments are known to be needed before anything can release them.
    peers.objects().tell(new ObjectManager.TasksSubmitted(List.copyOf(submitted)));
    submitted.clear();
    if (!plainTasks.isEmpty()) {
      peers.scheduler().tell(new LocalScheduler.SubmitTasks(List.copyOf(plainTasks)));
      plainTasks.clear();
    }
    if (!actorTasks.isEmpty()) {
      peers.actors().tell(new ActorDirectory.Submit(List.copyOf(actorTasks)));
      actorTasks.clear();
    }
  }

  private void handOverFinished() {
    ActorRef<WorkerEvent> owner = finishedOwner;
    if (owner != null) {
      owner.tell(new WorkerEvent.TasksEnded(List.copyOf(finished)));
      finished.clear();
      finishedOwner = null;
    }
  }

  // Greeting

  private void hello(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    HelloDecoder hello = new HelloDecoder();
    hello.wrapAndApplyHeader(buffer, offset, header);
    kind = hello.kind();
    pid = hello.pid();
    int version = hello.protocolVersion();
    long token = hello.startupToken();
    long seed = hello.objectIdSeed();
    boolean showsOutput = hello.showsOutput() != 0;
    byte[] secret = new byte[hello.secretLength()];
    hello.getSecret(secret, 0, secret.length);
    String jobName = hello.jobName();
    List<String> classPath = lines(hello.classPath());
    List<String> jvmOptions = lines(hello.jvmOptions());
    String wantedNamespace = hello.jobNamespace();
    byte[] expected = peers.node().secret().getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(secret, expected)) {
      connection.refuse("the session's secret does not match");
      return;
    }
    if (version != Protocol.VERSION) {
      connection.refuse(
          "protocol version: "
              + version
              + " (expected: "
              + Protocol.VERSION
              + ", the node's); use the same version of Rayakka on both sides");
      return;
    }
    if (kind == ClientKind.WORKER) {
      startupToken = token;
      openSlot(TaskId.NIL);
      return;
    }
    if (kind == ClientKind.OBSERVER) {
      welcome(TaskId.NIL);
      return;
    }
    onLoop(
        peers.control().jobs().next(),
        job -> {
          if (showsOutput) {
            peers.output().driverConnected(job, connection);
          }
          driverAccepted(job, seed, jobName, classPath, jvmOptions, wantedNamespace);
        });
  }

  private static List<String> lines(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split("\n", -1));
  }

  private void workerAccepted(@Nullable WorkerProcess accepted) {
    if (accepted == null) {
      connection.refuse("no worker of this session has this start-up token");
      return;
    }
    worker = accepted;
    jobId = accepted.jobId();
    namespace = accepted.namespace();
    peers.output().workerConnected(jobId, connection);
    welcome(TaskId.NIL);
  }

  private void driverAccepted(
      JobId job,
      long seed,
      String jobName,
      List<String> classPath,
      List<String> jvmOptions,
      String wantedNamespace) {
    jobId = job;
    // Names are private to a job unless it says otherwise.
    namespace = wantedNamespace.isEmpty() ? "job-" + job.hex() : wantedNamespace;
    peers
        .control()
        .jobs()
        .started(
            new JobRow(
                job,
                jobName,
                namespace,
                peers.node().nodeId(),
                pid,
                System.currentTimeMillis(),
                0));
    peers.errors().driverConnected(job, connection);
    peers
        .workerPool()
        .tell(
            new WorkerPool.StartJob(
                new WorkerPool.Job(
                    job,
                    namespace,
                    CompletableFuture.completedFuture(classPath),
                    jvmOptions,
                    peers.node().taskWorkers())));
    peers.code().tell(new CodeDesk.Offer(job, classPath));
    peers
        .nodes()
        .tell(
            new Peers.JobStarted(
                new PeerMessage.JobFacts(
                    job,
                    peers.node().nodeId(),
                    namespace,
                    jvmOptions,
                    peers.output().isWanted(job))));
    openSlot(TaskIds.ofDriver(job, seed));
  }

  private void openSlot(TaskId rootTask) {
    peers
        .keeper()
        .tell(
            new StoreKeeper.OpenSlot(
                pid, outcome -> connection.later(() -> slotOpened(outcome, rootTask))));
  }

  private void slotOpened(StoreKeeper.SlotOutcome outcome, TaskId rootTask) {
    switch (outcome) {
      case StoreKeeper.SlotOutcome.NoSlot(var reason) ->
          connection.refuse("the object store takes no more clients: " + reason);
      case StoreKeeper.SlotOutcome.Opened(var opened) -> {
        if (connection.isClosed()) {
          peers.keeper().tell(new StoreKeeper.Sweep(opened, () -> {}));
          return;
        }
        slot = opened;
        if (kind == ClientKind.WORKER) {
          // Only now: from here on the pool may send it tasks, and the welcome goes before them.
          peers
              .workerPool()
              .tell(
                  new WorkerPool.WorkerConnected(
                      startupToken, pid, connection, this::workerAccepted));
        } else {
          welcome(rootTask);
        }
      }
    }
  }

  private void welcome(TaskId rootTask) {
    welcomed = true;
    if (slot != NO_SLOT) {
      peers.readers().joined(connection);
    }
    NodeFacts node = peers.node();
    connection.welcome(welcome -> {
      boolean sendsOutput = kind == ClientKind.WORKER && peers.output().isWanted(jobId);
      welcome
          .jobId(jobId.value())
          .slot(slot)
          .storeCapacity(node.storeCapacity())
          .sendsOutput((short) (sendsOutput ? 1 : 0));
      NodeId id = node.nodeId();
      welcome.nodeId().high(id.high()).low(id.low());
      welcome.rootTaskId().high(rootTask.high()).low(rootTask.low());
      byte[] segment = utf8(node.segmentPath().toString());
      byte[] session = utf8(node.sessionDirectory().toString());
      byte[] redis = utf8(String.join(",", node.redisAddresses()));
      byte[] address = utf8(node.address());
      byte[] names = utf8(namespace);
      welcome
          .putSegmentPath(segment, 0, segment.length)
          .putSessionDirectory(session, 0, session.length)
          .putRedisAddress(redis, 0, redis.length)
          .putNodeAddress(address, 0, address.length)
          .putJobNamespace(names, 0, names.length);
    });
  }

  // What clients say of functions and objects

  private void exportFunction(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    ExportFunctionDecoder export = new ExportFunctionDecoder();
    export.wrapAndApplyHeader(buffer, offset, header);
    FunctionId id = new FunctionId(export.functionId().high(), export.functionId().low());
    byte[] descriptor = new byte[export.descriptorLength()];
    export.getDescriptor(descriptor, 0, descriptor.length);
    if (peers.functions().add(id, new FunctionRegistry.Function(jobId, descriptor))) {
      ByteBuffer names = ByteBuffer.wrap(descriptor).order(ByteOrder.LITTLE_ENDIAN);
      String className = Payload.string(names);
      String methodName = Payload.string(names);
      peers.timeline().named(id, className + "." + methodName);
      peers.control().functions().add(id, jobId, className, methodName, descriptor);
    }
  }

  private void releaseObjects(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    ReleaseObjectsDecoder release = new ReleaseObjectsDecoder();
    release.wrapAndApplyHeader(buffer, offset, header);
    List<ObjectId> ids = new ArrayList<>();
    for (ReleaseObjectsDecoder.ObjectsDecoder object : release.objects()) {
      var id = object.objectId();
      ids.add(new ObjectId(id.high(), id.low(), id.index()));
    }
    peers.objects().tell(new ObjectManager.ReleaseObjects(ids));
  }

  private void objectsPut(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    ObjectsPutDecoder put = new ObjectsPutDecoder();
    put.wrapAndApplyHeader(buffer, offset, header);
    List<ObjectManager.PutObject> objects = new ArrayList<>();
    for (ObjectsPutDecoder.ObjectsDecoder object : put.objects()) {
      var id = object.objectId();
      objects.add(
          new ObjectManager.PutObject(
              new ObjectId(id.high(), id.low(), id.index()), object.size()));
    }
    peers.objects().tell(new ObjectManager.ObjectsPut(jobId, objects));
  }

  private void needObjects(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    NeedObjectsDecoder need = new NeedObjectsDecoder();
    need.wrapAndApplyHeader(buffer, offset, header);
    List<ObjectId> ids = new ArrayList<>();
    for (NeedObjectsDecoder.ObjectsDecoder object : need.objects()) {
      var id = object.objectId();
      ids.add(new ObjectId(id.high(), id.low(), id.index()));
    }
    peers.objects().tell(new ObjectManager.NeedObjects(ids));
  }

  // What workers say of tasks

  private @Nullable Lane lane(int id) {
    WorkerProcess process = worker;
    return process == null ? null : process.lane(id);
  }

  private void tasksFinished(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    TasksFinishedDecoder message = new TasksFinishedDecoder();
    message.wrapAndApplyHeader(buffer, offset, header);
    for (TasksFinishedDecoder.TasksDecoder task : message.tasks()) {
      peers.timeline().add(pid, task);
      Lane lane = lane(task.lane());
      if (lane == null) {
        continue;
      }
      if (!lane.owner().equals(finishedOwner)) {
        handOverFinished();
        finishedOwner = lane.owner();
      }
      finished.add(
          new WorkerEvent.TaskEnded(
              lane,
              new TaskId(task.taskId().high(), task.taskId().low()),
              task.outcome(),
              task.durationNanos()));
    }
  }

  private void laneBlocked(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    LaneBlockedDecoder blocked = new LaneBlockedDecoder();
    blocked.wrapAndApplyHeader(buffer, offset, header);
    Lane lane = lane(blocked.lane());
    List<TaskId> returned = new ArrayList<>();
    for (LaneBlockedDecoder.ReturnedDecoder task : blocked.returned()) {
      returned.add(new TaskId(task.taskId().high(), task.taskId().low()));
    }
    if (lane != null) {
      lane.owner().tell(new WorkerEvent.LaneBlocked(lane, returned));
    }
  }

  private void laneUnblocked(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    LaneUnblockedDecoder unblocked = new LaneUnblockedDecoder();
    unblocked.wrapAndApplyHeader(buffer, offset, header);
    Lane lane = lane(unblocked.lane());
    if (lane != null) {
      lane.owner().tell(new WorkerEvent.LaneUnblocked(lane));
    }
  }

  private void tasksRecalled(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    TasksRecalledDecoder recalled = new TasksRecalledDecoder();
    recalled.wrapAndApplyHeader(buffer, offset, header);
    Lane lane = lane(recalled.lane());
    List<TaskId> returned = new ArrayList<>();
    for (TasksRecalledDecoder.ReturnedDecoder task : recalled.returned()) {
      returned.add(new TaskId(task.taskId().high(), task.taskId().low()));
    }
    if (lane != null) {
      lane.owner().tell(new WorkerEvent.TasksReturned(lane, returned));
    }
  }

  private void taskError(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    TaskErrorDecoder error = new TaskErrorDecoder();
    error.wrapAndApplyHeader(buffer, offset, header);
    JobId job = new JobId(error.jobId());
    TaskId task = new TaskId(error.taskId().high(), error.taskId().low());
    long time = error.timeMillis();
    peers
        .errors()
        .report(
            new ErrorRow(
                job, task, time, error.errorType(), error.functionName(), error.message()));
  }

  // Requests

  private void request(MessageHeaderDecoder header, DirectBuffer buffer, int offset) {
    RequestDecoder request = new RequestDecoder();
    request.wrapAndApplyHeader(buffer, offset, header);
    long correlationId = request.correlationId();
    byte[] payload = new byte[request.payloadLength()];
    request.getPayload(payload, 0, payload.length);
    ByteBuffer in = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    switch (request.kind()) {
      case MAKE_ROOM ->
          peers
              .keeper()
              .tell(
                  new StoreKeeper.MakeRoom(
                      in.getLong(),
                      freed ->
                          connection.later(() -> reply(correlationId, Payload.ofLong(freed)))));
      case ERROR_INFO ->
          onLoop(
              peers.control().errors().list(jobId),
              rows -> reply(correlationId, Payload.ofErrors(rows)),
              correlationId);
      case FIND_ACTOR -> findActor(correlationId, Payload.string(in), Payload.string(in));
      case FREE_OBJECTS -> {
        peers.objects().tell(new ObjectManager.FreeObjects(objectIds(in)));
        reply(correlationId, Payload.EMPTY);
      }
      case KILL_ACTOR -> {
        ActorId actorId = new ActorId(in.getLong(), in.getLong());
        peers.actors().tell(new ActorDirectory.KillActor(actorId, in.get() != 0));
        reply(correlationId, Payload.EMPTY);
      }
      case CANCEL_TASK -> {
        TaskId taskId = new TaskId(in.getLong(), in.getLong());
        boolean force = in.get() != 0;
        boolean recursive = in.get() != 0;
        peers.scheduler().tell(new LocalScheduler.CancelTask(taskId, force, recursive));
        reply(correlationId, Payload.EMPTY);
      }
      case FLUSH_OUTPUT -> peers.output().flush(jobId, () -> reply(correlationId, Payload.EMPTY));
      case FIND_OBJECTS ->
          peers
              .objects()
              .tell(
                  new ObjectManager.FindObjects(
                      objectIds(in), exist -> reply(correlationId, exist)));
      case LIST_STATE ->
          onLoop(
              peers.state().list(TableQuery.read(in)),
              listed -> reply(correlationId, Payload.ofListed(listed)),
              correlationId);
      default -> connection.reply(correlationId, true, utf8("unknown request"));
    }
  }

  private static List<ObjectId> objectIds(ByteBuffer in) {
    int count = in.getInt();
    List<ObjectId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(new ObjectId(in.getLong(), in.getLong(), in.getInt()));
    }
    return ids;
  }

  private void findActor(long correlationId, String name, String wantedNamespace) {
    String in = wantedNamespace.isEmpty() ? namespace : wantedNamespace;
    peers
        .actors()
        .tell(
            new ActorDirectory.FindActor(
                name,
                in,
                found ->
                    reply(
                        correlationId,
                        found == null
                            ? Payload.ofActor(ActorId.NIL, "", -1)
                            : Payload.ofActor(
                                found.actorId(), found.className(), found.maxPendingCalls()))));
  }

  private void reply(long correlationId, byte[] payload) {
    connection.reply(correlationId, false, payload);
  }

  private <T> void onLoop(CompletionStage<T> stage, Consumer<T> then) {
    onLoop(stage, then, -1);
  }

  private <T> void onLoop(CompletionStage<T> stage, Consumer<T> then, long correlationId) {
    CompletionStage<Boolean> answered =
        stage.handle((value, failure) -> {
          connection.later(() -> {
            if (failure == null) {
              then.accept(value);
            } else if (correlationId >= 0) {
              connection.reply(correlationId, true, utf8(message(failure)));
            } else {
              connection.refuse("the control state does not answer: " + failure);
            }
          });
          return true;
        });
    assert answered != null;
  }

  private static String message(Throwable failure) {
    Throwable cause = failure.getCause();
    return String.valueOf(
        (failure instanceof CompletionException && cause != null ? cause : failure).getMessage());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // The end

  /// The socket is closed: what the client held is swept, and what it ran or started ends.
  void closed(String reason) {
    peers.gate().forget(connection);
    peers.readers().left(connection);
    WorkerProcess process = worker;
    int held = slot;
    if (process != null) {
      peers.output().workerGone(jobId, connection);
      Runnable gone = () -> peers.workerPool().tell(new WorkerPool.WorkerDisconnected(process));
      if (held == NO_SLOT) {
        gone.run();
      } else {
        peers.keeper().tell(new StoreKeeper.Sweep(held, gone));
      }
      return;
    }
    if (!jobId.equals(JobId.NIL)) {
      endJob(held);
    }
  }

  private void endJob(int held) {
    peers.errors().driverGone(jobId);
    peers.output().driverGone(jobId);
    peers.scheduler().tell(new LocalScheduler.EndJob(jobId));
    peers.actors().tell(new ActorDirectory.EndJob(jobId, namespace));
    peers.objects().tell(new ObjectManager.EndJob(jobId));
    peers.code().tell(new CodeDesk.JobEnded(jobId));
    peers.nodes().tell(new Peers.JobEnded(jobId));
    peers.nodes().tell(new Peers.SendToAll(new PeerMessage.EndJob(jobId, namespace)));
    CompletionStage<Void> finishing = peers.control().finishJob(jobId, System.currentTimeMillis());
    assert finishing != null;
    if (held != NO_SLOT) {
      peers.keeper().tell(new StoreKeeper.Sweep(held, () -> {}));
    }
  }

  @Override
  public String toString() {
    return kind + " pid=" + pid + " " + jobId;
  }
}
