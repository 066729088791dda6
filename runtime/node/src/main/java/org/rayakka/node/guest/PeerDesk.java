package org.rayakka.node.guest;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.actor.ActorDirectory;
import org.rayakka.node.code.CodeDesk;
import org.rayakka.node.error.ErrorReports;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.output.OutputRelay;
import org.rayakka.node.peer.PeerMessage;
import org.rayakka.node.peer.PeerMessage.ActorChanged;
import org.rayakka.node.peer.PeerMessage.CancelTask;
import org.rayakka.node.peer.PeerMessage.Code;
import org.rayakka.node.peer.PeerMessage.DropObjects;
import org.rayakka.node.peer.PeerMessage.EndJob;
import org.rayakka.node.peer.PeerMessage.FlushOutput;
import org.rayakka.node.peer.PeerMessage.Function;
import org.rayakka.node.peer.PeerMessage.HostActor;
import org.rayakka.node.peer.PeerMessage.Introduce;
import org.rayakka.node.peer.PeerMessage.JobFacts;
import org.rayakka.node.peer.PeerMessage.KillActor;
import org.rayakka.node.peer.PeerMessage.LocateObjects;
import org.rayakka.node.peer.PeerMessage.ObjectsLocated;
import org.rayakka.node.peer.PeerMessage.Output;
import org.rayakka.node.peer.PeerMessage.OutputFlushed;
import org.rayakka.node.peer.PeerMessage.ReportError;
import org.rayakka.node.peer.PeerMessage.RunTasks;
import org.rayakka.node.peer.PeerMessage.TaskDone;
import org.rayakka.node.peer.PeerMessage.TasksDone;
import org.rayakka.node.peer.PeerMessage.Transfer;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.scheduling.global.GlobalScheduler;
import org.rayakka.node.scheduling.local.LocalScheduler;
import org.rayakka.node.transfer.ObjectTransfer;
import org.rayakka.node.worker.FunctionRegistry;
import org.rayakka.node.worker.WorkerPool;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.TaskKind;

/// Takes what other nodes say to those of this node whom it concerns, and knows the jobs that are
/// guests here: they end with their driver, or when their driver's node is lost.
public final class PeerDesk {

  /// Whom the desk tells.
  ///
  /// @param nodeId this node
  /// @param isHead whether it is the one that says which nodes are gone
  /// @param peers the other nodes
  /// @param scheduler takes tasks
  /// @param globalScheduler is told of nodes that are lost
  /// @param actors ends what a job leaves behind
  /// @param objects takes what concerns objects
  /// @param transfer moves them
  /// @param workerPool starts workers of guests
  /// @param functions takes functions of guests
  /// @param errors takes errors of tasks on other nodes, and those of guests to them
  /// @param output the same for what tasks print
  /// @param code brings the code of guests
  /// @param taskWorkers how many worker processes a job starts with
  public record Parts(
      NodeId nodeId,
      boolean isHead,
      ActorRef<Peers.Command> peers,
      ActorRef<LocalScheduler.Command> scheduler,
      ActorRef<GlobalScheduler.Command> globalScheduler,
      ActorRef<ActorDirectory.Command> actors,
      ActorRef<ObjectManager.Command> objects,
      ActorRef<ObjectTransfer.Command> transfer,
      ActorRef<WorkerPool.Command> workerPool,
      FunctionRegistry functions,
      ErrorReports errors,
      OutputRelay output,
      ActorRef<CodeDesk.Command> code,
      int taskWorkers) {}

  private final ActorContext<Peers.Event> context;
  private final Parts parts;
  private final Map<JobId, JobFacts> guests = new HashMap<>();

  /// The other nodes that print for jobs whose drivers are here.
  private final Map<JobId, Map<NodeId, OutputRelay.Printer>> printers = new HashMap<>();

  /// Jobs that have ended: tasks of theirs may still arrive, by way of third nodes.
  private final Set<JobId> ended = new HashSet<>();

  private PeerDesk(ActorContext<Peers.Event> context, Parts parts) {
    this.context = context;
    this.parts = parts;
    parts.peers().tell(new Peers.SubscribeTo(context.getSelf()));
  }

  /// Makes the actor. It runs on the event loop.
  ///
  /// @param parts whom it tells
  /// @return its behaviour
  public static Behavior<Peers.Event> create(Parts parts) {
    return Behaviors.setup(context -> new PeerDesk(context, parts).running());
  }

  private Behavior<Peers.Event> running() {
    return Behaviors.receiveMessage(event -> {
      switch (event) {
        case Peers.Event.Joined(var peer) -> {
          parts.objects().tell(new ObjectManager.NodeJoined(peer));
          parts.scheduler().tell(new LocalScheduler.NodeJoined(peer));
          parts.actors().tell(new ActorDirectory.NodeJoined(peer));
        }
        case Peers.Event.Introduced(var peer, var job) -> introduced(peer, job);
        case Peers.Event.Said(var peer, var message) -> said(peer, message);
        case Peers.Event.Lost(var peer) -> lost(peer);
      }
      return Behaviors.same();
    });
  }

  private void said(NodeId peer, PeerMessage message) {
    switch (message) {
      case Introduce(var job, var functions) -> admit(job, functions);
      case RunTasks(var specs) -> runTasks(peer, specs);
      case TasksDone(var tasks) -> {
        parts.objects().tell(new ObjectManager.TasksEndedElsewhere(peer, tasks));
        List<TaskId> ids = tasks.stream().map(TaskDone::taskId).toList();
        parts.scheduler().tell(new LocalScheduler.TasksEndedElsewhere(ids));
        parts.actors().tell(new ActorDirectory.TasksEndedElsewhere(ids));
      }
      case CancelTask(var taskId, var force, var recursive) ->
          parts.scheduler().tell(new LocalScheduler.CancelTask(taskId, force, recursive));
      case HostActor(var creation, var restarts) -> {
        if (!ended.contains(creation.jobId())) {
          parts.objects().tell(new ObjectManager.GuestsSubmitted(peer, List.of(creation)));
          parts.actors().tell(new ActorDirectory.Host(peer, creation, restarts));
        }
      }
      case ActorChanged change -> parts.actors().tell(new ActorDirectory.ChangedElsewhere(change));
      case KillActor(var actorId, var noRestart) ->
          parts.actors().tell(new ActorDirectory.KillActor(actorId, noRestart));
      case EndJob(var jobId, var namespace) -> endJob(jobId, namespace);
      case LocateObjects(var ids) -> parts.objects().tell(new ObjectManager.LocateFor(peer, ids));
      case ObjectsLocated(var objects) ->
          parts.objects().tell(new ObjectManager.Located(peer, objects));
      case ReportError(var error) -> parts.errors().tellDriver(error);
      case Output(var jobId, var frame) ->
          parts.output().printed(jobId, new UnsafeBuffer(frame), 0, frame.length);
      case FlushOutput(var jobId) ->
          parts
              .output()
              .flush(
                  jobId, () -> parts.peers().tell(new Peers.Send(peer, new OutputFlushed(jobId))));
      case OutputFlushed(var jobId) -> {
        OutputRelay.Printer printer = printer(jobId, peer);
        if (printer != null) {
          parts.output().flushed(jobId, printer);
        }
      }
      case DropObjects(var ids) -> parts.objects().tell(new ObjectManager.DropObjects(ids));
      case Transfer(var transfer) ->
          parts.transfer().tell(new ObjectTransfer.FromPeer(peer, transfer));
      case Code(var code) -> parts.code().tell(new CodeDesk.FromPeer(peer, code));
    }
  }

  private void runTasks(NodeId origin, List<TaskSpec> specs) {
    if (ended.contains(specs.getFirst().jobId())) {
      return;
    }
    parts.objects().tell(new ObjectManager.GuestsSubmitted(origin, specs));
    List<TaskSpec> tasks = new ArrayList<>();
    List<TaskSpec> calls = new ArrayList<>();
    for (TaskSpec spec : specs) {
      (spec.kind() == TaskKind.TASK ? tasks : calls).add(spec);
    }
    if (!tasks.isEmpty()) {
      parts.scheduler().tell(new LocalScheduler.SubmitGuests(tasks));
    }
    if (!calls.isEmpty()) {
      parts.actors().tell(new ActorDirectory.Submit(calls));
    }
  }

  /// Takes in a job that is a guest here, and its functions.
  private void admit(JobFacts job, List<Function> functions) {
    JobId jobId = job.jobId();
    if (ended.contains(jobId)) {
      return;
    }
    if (!parts.nodeId().equals(job.driver()) && guests.putIfAbsent(jobId, job) == null) {
      context.getLog().info("guest {} of {} state=started", jobId, job.driver());
      CompletableFuture<List<String>> code = new CompletableFuture<>();
      parts.code().tell(new CodeDesk.Need(jobId, job.driver(), code));
      parts
          .workerPool()
          .tell(
              new WorkerPool.StartJob(
                  new WorkerPool.Job(
                      jobId, job.namespace(), code, job.jvmOptions(), parts.taskWorkers())));
      tellDriverOf(job);
      // Its tasks may submit others, and these may go to a third node.
      parts.peers().tell(new Peers.JobStarted(job));
    }
    for (Function function : functions) {
      parts
          .functions()
          .add(function.id(), new FunctionRegistry.Function(jobId, function.descriptor()));
    }
  }

  /// What happens to a guest's tasks is told to its driver, by way of the driver's node.
  private void tellDriverOf(JobFacts job) {
    NodeId node = job.driver();
    JobId jobId = job.jobId();
    parts
        .errors()
        .driverConnected(
            jobId, error -> parts.peers().tell(new Peers.Send(node, new ReportError(error))));
    if (job.showsOutput()) {
      parts
          .output()
          .driverConnected(
              jobId,
              (buffer, offset, length) -> {
                byte[] frame = new byte[length];
                buffer.getBytes(offset, frame);
                parts.peers().tell(new Peers.Send(node, new Output(jobId, frame)));
              });
    }
  }

  /// Another node runs tasks of a job whose driver is here, and may print for them.
  private void introduced(NodeId peer, JobFacts job) {
    JobId jobId = job.jobId();
    if (parts.nodeId().equals(job.driver()) && job.showsOutput()) {
      OutputRelay.Printer printer =
          () -> parts.peers().tell(new Peers.Send(peer, new FlushOutput(jobId)));
      printers.computeIfAbsent(jobId, none -> new HashMap<>()).put(peer, printer);
      parts.output().workerConnected(jobId, printer);
    }
  }

  private OutputRelay.@Nullable Printer printer(JobId jobId, NodeId peer) {
    return printers.getOrDefault(jobId, Map.of()).get(peer);
  }

  private void endJob(JobId jobId, String namespace) {
    ended.add(jobId);
    parts.code().tell(new CodeDesk.JobEnded(jobId));
    if (guests.remove(jobId) == null) {
      return;
    }
    context.getLog().info("guest {} state=ended", jobId);
    parts.peers().tell(new Peers.JobEnded(jobId));
    parts.errors().driverGone(jobId);
    parts.output().driverGone(jobId);
    parts.scheduler().tell(new LocalScheduler.EndJob(jobId));
    parts.actors().tell(new ActorDirectory.EndJob(jobId, namespace));
    parts.objects().tell(new ObjectManager.EndJob(jobId));
  }

  private void lost(NodeId peer) {
    parts.scheduler().tell(new LocalScheduler.NodeLost(peer));
    parts.objects().tell(new ObjectManager.NodeLost(peer));
    parts.actors().tell(new ActorDirectory.NodeLost(peer));
    parts.transfer().tell(new ObjectTransfer.PeerLost(peer));
    parts.code().tell(new CodeDesk.PeerLost(peer));
    if (parts.isHead()) {
      parts.globalScheduler().tell(new GlobalScheduler.NodeGone(peer));
    }
    printers.forEach((jobId, ofJob) -> {
      OutputRelay.Printer printer = ofJob.remove(peer);
      if (printer != null) {
        parts.output().workerGone(jobId, printer);
      }
    });
    printers.values().removeIf(Map::isEmpty);
    for (JobFacts job : List.copyOf(guests.values())) {
      if (job.driver().equals(peer)) {
        endJob(job.jobId(), job.namespace());
      }
    }
  }
}
