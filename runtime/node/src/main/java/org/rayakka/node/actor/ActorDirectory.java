package org.rayakka.node.actor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.control.ActorRow;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.error.ErrorReports;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.scheduling.local.LocalScheduler;
import org.rayakka.node.worker.Lane;
import org.rayakka.node.worker.WorkerPool;
import org.rayakka.node.worker.WorkerProcess;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.protocol.ErrorObject;
import org.rayakka.protocol.TaskSpec;

/// Knows the Ray actors of this node: creates them, hands calls on to them, finds them by name, and
/// answers for those that are dead.
public final class ActorDirectory {

  /// What the directory can be told.
  public sealed interface Command {}

  /// Clients create actors and call them.
  ///
  /// @param specs creations and calls, in the order of each client
  public record Submit(List<TaskSpec> specs) implements Command {}

  /// A user ends an actor.
  ///
  /// @param actorId which
  /// @param noRestart whether it must not come back
  public record KillActor(ActorId actorId, boolean noRestart) implements Command {}

  /// Who is called that?
  ///
  /// @param name of the actor
  /// @param namespace of the name
  /// @param answer told the actor, or null; called on the event loop
  public record FindActor(String name, String namespace, Consumer<@Nullable Found> answer)
      implements Command {}

  /// A job has ended: its actors end, but for the detached ones.
  ///
  /// @param jobId which
  /// @param namespace the job's own
  public record EndJob(JobId jobId, String namespace) implements Command {}

  private record Cancelled(LocalScheduler.Cancellation cancellation) implements Command {}

  private record ActorChanged(RayActor.Changed change) implements Command {}

  /// Answer to {@link FindActor}.
  ///
  /// @param actorId which actor
  /// @param className its class
  /// @param maxPendingCalls how many calls through one handle may be unanswered; -1 for no limit
  public record Found(ActorId actorId, String className, int maxPendingCalls) {}

  /// Whom the directory and its actors work with.
  ///
  /// @param nodeId this node
  /// @param store the node's own view of the store
  /// @param objects tells when arguments are readable
  /// @param scheduler holds resources
  /// @param workerPool gives processes
  /// @param errors takes errors of tasks
  /// @param control the tables
  /// @param dispatcher the event loop's
  public record Peers(
      NodeId nodeId,
      ObjectStore store,
      ActorRef<ObjectManager.Command> objects,
      ActorRef<LocalScheduler.Command> scheduler,
      ActorRef<WorkerPool.Command> workerPool,
      ErrorReports errors,
      ControlState control,
      DispatcherSelector dispatcher) {}

  private record Name(String name, String namespace) {}

  private static final class Entry {
    final TaskSpec creation;
    final ActorRef<RayActor.Command> ref;
    ActorRow.State state = ActorRow.State.PENDING;
    @Nullable Lane lane;
    String reason = "";

    Entry(TaskSpec creation, ActorRef<RayActor.Command> ref) {
      this.creation = creation;
      this.ref = ref;
    }
  }

  private final ActorContext<Command> context;
  private final Peers peers;
  private final RayActor.Peers actorPeers;
  private final ActorRef<RayActor.Changed> changes;
  private final Map<ActorId, Entry> actors = new HashMap<>();
  private final Map<Name, ActorId> names = new HashMap<>();

  private ActorDirectory(ActorContext<Command> context, Peers peers) {
    this.context = context;
    this.peers = peers;
    actorPeers =
        new RayActor.Peers(
            peers.store(), peers.objects(), peers.scheduler(), peers.workerPool(), peers.errors());
    changes = context.messageAdapter(RayActor.Changed.class, ActorChanged::new);
    peers
        .scheduler()
        .tell(
            new LocalScheduler.SubscribeToCancellations(
                context.messageAdapter(LocalScheduler.Cancellation.class, Cancelled::new)));
  }

  /// Makes the directory. It runs on the event loop.
  ///
  /// @param peers whom it works with
  /// @return its behaviour
  public static Behavior<Command> create(Peers peers) {
    return Behaviors.setup(context -> new ActorDirectory(context, peers).running());
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case Submit(var specs) -> submit(specs);
      case KillActor(var actorId, var noRestart) ->
          tell(actorId, new RayActor.Kill(noRestart, "it was killed by ActorHandle.kill()"));
      case FindActor(var name, var namespace, var answer) -> find(name, namespace, answer);
      case EndJob(var jobId, var namespace) -> endJob(jobId);
      case Cancelled(LocalScheduler.Cancellation.NotATask(var taskId, var recursive)) ->
          tellAll(new RayActor.CancelCall(taskId, recursive));
      case Cancelled(LocalScheduler.Cancellation.OfChildren(var parents)) ->
          tellAll(new RayActor.CancelCallsOf(parents));
      case ActorChanged(var change) -> changed(change);
    }
    return Behaviors.same();
  }

  private void tell(ActorId actorId, RayActor.Command command) {
    Entry entry = actors.get(actorId);
    if (entry != null && entry.state != ActorRow.State.DEAD) {
      entry.ref.tell(command);
    }
  }

  /// Which actor a call is of is only known to the actor.
  private void tellAll(RayActor.Command command) {
    actors.keySet().forEach(actorId -> tell(actorId, command));
  }

  private void submit(List<TaskSpec> specs) {
    // One message per actor and batch; order matters only within an actor.
    Map<ActorId, List<TaskSpec>> calls = new LinkedHashMap<>();
    for (TaskSpec spec : specs) {
      switch (spec.kind()) {
        case ACTOR_CREATION -> create(spec);
        default -> calls.computeIfAbsent(spec.actorId(), none -> new ArrayList<>()).add(spec);
      }
    }
    calls.forEach(this::call);
  }

  private void call(ActorId actorId, List<TaskSpec> calls) {
    Entry entry = actors.get(actorId);
    if (entry != null && entry.state != ActorRow.State.DEAD) {
      entry.ref.tell(new RayActor.Call(calls));
      return;
    }
    String message =
        entry == null
            ? actorId + " is not known here: its job has ended, or it never existed"
            : entry.creation.taskName() + " is dead: " + entry.reason;
    for (TaskSpec spec : calls) {
      fail(spec, ErrorObject.Kind.ACTOR_DIED, message);
    }
  }

  private void fail(TaskSpec spec, ErrorObject.Kind kind, String message) {
    ActorId id = spec.actorId();
    peers
        .objects()
        .tell(
            new ObjectManager.FailTasks(
                List.of(spec),
                ErrorObject.of(kind, id.high(), id.low(), spec.taskName(), message)));
  }

  private void create(TaskSpec spec) {
    if (actors.containsKey(spec.actorId())) {
      return;
    }
    if (!spec.actorName().isEmpty()) {
      Name name = new Name(spec.actorName(), spec.actorNamespace());
      ActorId taken = names.get(name);
      if (taken != null) {
        fail(
            spec,
            ErrorObject.Kind.ACTOR_DIED,
            "actor name '" + name.name() + "' is taken by " + taken);
        peers.objects().tell(new ObjectManager.ActorGone(spec.taskId()));
        return;
      }
      names.put(name, spec.actorId());
    }
    ActorRef<RayActor.Command> ref =
        context.spawn(
            RayActor.create(changes, spec, actorPeers),
            "actor-" + spec.actorId().hex(),
            peers.dispatcher());
    Entry entry = new Entry(spec, ref);
    actors.put(spec.actorId(), entry);
    record(entry, 0);
  }

  private void changed(RayActor.Changed change) {
    if (change.state() == ActorRow.State.DEAD) {
      // Behind every call that was handed on before: none is lost with the actor.
      change.ref().tell(new RayActor.Bury());
    }
    Entry entry = actors.get(change.actorId());
    if (entry == null) {
      return;
    }
    entry.state = change.state();
    entry.lane = change.worker();
    entry.reason = change.reason();
    record(entry, change.restarts());
    if (change.state() == ActorRow.State.DEAD) {
      names.values().remove(change.actorId());
    }
  }

  private void record(Entry entry, int restarts) {
    TaskSpec spec = entry.creation;
    peers
        .control()
        .actors()
        .put(
            new ActorRow(
                spec.actorId(),
                spec.jobId(),
                entry.state,
                peers.nodeId(),
                spec.taskName(),
                spec.actorName(),
                spec.actorNamespace(),
                restarts,
                spec.detached(),
                entry.reason));
  }

  private void find(String name, String namespace, Consumer<@Nullable Found> answer) {
    ActorId actorId = names.get(new Name(name, namespace));
    Entry entry = actorId == null ? null : actors.get(actorId);
    answer.accept(
        entry == null
            ? null
            : new Found(
                entry.creation.actorId(),
                entry.creation.taskName(),
                entry.creation.maxPendingCalls()));
  }

  private void endJob(JobId jobId) {
    List<WorkerProcess> kept = new ArrayList<>();
    List<ActorId> gone = new ArrayList<>();
    actors.forEach((actorId, entry) -> {
      if (!entry.creation.jobId().equals(jobId)) {
        return;
      }
      if (entry.creation.detached() && entry.state != ActorRow.State.DEAD) {
        if (entry.lane != null) {
          kept.add(entry.lane.worker());
        }
        return;
      }
      gone.add(actorId);
      if (entry.state != ActorRow.State.DEAD) {
        entry.ref.tell(new RayActor.Kill(true, "its job ended"));
      }
    });
    gone.forEach(actors::remove);
    names.values().removeAll(gone);
    peers.workerPool().tell(new WorkerPool.EndJob(jobId, kept));
  }
}
