package org.rayakka.node.actor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.typed.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.actor.durable.ActorJournal;
import org.rayakka.node.control.ActorRow;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.error.ErrorReports;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.peer.PeerMessage;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.scheduling.global.GlobalScheduler;
import org.rayakka.node.scheduling.global.PlacementStrategy;
import org.rayakka.node.scheduling.local.LocalScheduler;
import org.rayakka.node.worker.FunctionRegistry;
import org.rayakka.node.worker.Lane;
import org.rayakka.node.worker.WorkerPool;
import org.rayakka.node.worker.WorkerProcess;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.protocol.ErrorObject;
import org.rayakka.protocol.TaskSpec;

/// Knows the Ray actors of this node: creates them, hands calls on to them, finds them by name, and
/// answers for those that are dead. Knows the way to those of other nodes that this node's clients
/// speak to, see {@link RemoteActors}.
public final class ActorDirectory {

  /// What the directory can be told.
  public sealed interface Command {}

  /// Clients create actors and call them.
  ///
  /// @param specs creations and calls, in the order of each client
  public record Submit(List<TaskSpec> specs) implements Command {}

  /// Another node has an actor hosted here.
  ///
  /// @param owner which node
  /// @param creation the task that creates it
  /// @param restarts how often it was restarted before
  public record Host(NodeId owner, TaskSpec creation, int restarts) implements Command {}

  /// The host of an actor tells what has become of it.
  ///
  /// @param change what
  public record ChangedElsewhere(PeerMessage.ActorChanged change) implements Command {}

  /// Calls have ended on other nodes.
  ///
  /// @param taskIds which, and others that are no calls
  public record TasksEndedElsewhere(List<TaskId> taskIds) implements Command {}

  /// Another node is there.
  ///
  /// @param nodeId which
  public record NodeJoined(NodeId nodeId) implements Command {}

  /// Another node is gone.
  ///
  /// @param nodeId which
  public record NodeLost(NodeId nodeId) implements Command {}

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

  private record Placed(GlobalScheduler.Placements placements) implements Command {}

  private record LookUp(ActorId actorId, long deadlineNs) implements Command {}

  private record LookedUp(ActorId actorId, Optional<ActorRow> row, long deadlineNs)
      implements Command {}

  private record KillFound(ActorId actorId, boolean noRestart, Optional<ActorRow> row)
      implements Command {}

  private record NameLookedUp(TaskSpec creation, Optional<ActorId> taken) implements Command {}

  private record FoundElsewhere(@Nullable Found found, Consumer<@Nullable Found> answer)
      implements Command {}

  private enum PlaceAgain implements Command {
    TICK
  }

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
  /// @param nodes the other nodes
  /// @param globalScheduler says which of them hosts an actor
  /// @param functions learns what the journals of durable actors know
  /// @param errors takes errors of tasks
  /// @param control the tables
  /// @param dispatcher the event loop's
  public record Parts(
      NodeId nodeId,
      ObjectStore store,
      ActorRef<ObjectManager.Command> objects,
      ActorRef<LocalScheduler.Command> scheduler,
      ActorRef<WorkerPool.Command> workerPool,
      ActorRef<Peers.Command> nodes,
      ActorRef<GlobalScheduler.Command> globalScheduler,
      FunctionRegistry functions,
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

    /// The node that has it hosted here, or null if it was created here.
    final @Nullable NodeId owner;

    Entry(TaskSpec creation, ActorRef<RayActor.Command> ref, @Nullable NodeId owner) {
      this.creation = creation;
      this.ref = ref;
      this.owner = owner;
    }
  }

  /// How long an actor may be called before anything is known of it: its row may be under way.
  private static final Duration UNKNOWN_GRACE = Duration.ofSeconds(5);

  private static final Duration LOOK_AGAIN_DELAY = Duration.ofMillis(20);

  /// The global scheduler answers in less, unless it moves.
  private static final Duration PLACE_AGAIN_DELAY = Duration.ofSeconds(2);

  /// Actors among which one is looked for by name.
  private static final int MAX_NAMED = 1_000_000;

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final Parts peers;
  private final RemoteActors remote;
  private final RayActor.Peers actorPeers;
  private final ActorRef<RayActor.Changed> changes;
  private final Map<ActorId, Entry> actors = new HashMap<>();
  private final Map<Name, ActorId> names = new HashMap<>();

  private ActorDirectory(
      ActorContext<Command> context, TimerScheduler<Command> timers, Parts peers) {
    this.context = context;
    this.timers = timers;
    remote =
        new RemoteActors(
            peers.nodeId(),
            peers.nodes(),
            peers.globalScheduler(),
            context.messageAdapter(GlobalScheduler.Placements.class, Placed::new),
            Cluster.get(context.getSystem()));
    this.peers = peers;
    actorPeers =
        new RayActor.Peers(
            peers.store(),
            peers.objects(),
            peers.scheduler(),
            peers.workerPool(),
            peers.functions(),
            peers.errors());
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
  public static Behavior<Command> create(Parts peers) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers -> new ActorDirectory(context, timers, peers).running()));
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case Submit(var specs) -> submit(specs);
      case KillActor(var actorId, var noRestart) -> kill(actorId, noRestart);
      case FindActor(var name, var namespace, var answer) -> find(name, namespace, answer);
      case EndJob(var jobId, var namespace) -> endJob(jobId);
      case Cancelled(LocalScheduler.Cancellation.NotATask(var taskId, var recursive)) -> {
        tellAll(new RayActor.CancelCall(taskId, recursive));
        remote.cancel(taskId, recursive);
      }
      case Cancelled(LocalScheduler.Cancellation.OfChildren(var parents)) -> {
        tellAll(new RayActor.CancelCallsOf(parents));
        remote.cancelCallsOf(parents);
      }
      case ActorChanged(var change) -> changed(change);
      case Host(var owner, var creation, var restarts) -> spawn(creation, restarts, owner);
      case ChangedElsewhere(var change) -> changedElsewhere(change);
      case TasksEndedElsewhere(var taskIds) -> remote.ended(taskIds);
      case NodeJoined(var node) -> remote.joined(node);
      case NodeLost(var node) -> nodeLost(node);
      case Placed(var placements) -> placed(placements);
      case LookUp(var actorId, var deadlineNs) -> lookUp(actorId, deadlineNs);
      case LookedUp(var actorId, var row, var deadlineNs) -> lookedUp(actorId, row, deadlineNs);
      case KillFound(var actorId, var noRestart, var row) -> killFound(actorId, noRestart, row);
      case NameLookedUp(var creation, var taken) -> nameLookedUp(creation, taken);
      case FoundElsewhere(var found, var answer) -> answer.accept(found);
      case PlaceAgain.TICK -> remote.askAgain();
    }
    if (remote.isAwaitingPlacements() && !timers.isTimerActive(PlaceAgain.TICK)) {
      timers.startSingleTimer(PlaceAgain.TICK, PLACE_AGAIN_DELAY);
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
    RemoteActors.Remote elsewhere = entry == null ? remote.find(actorId) : null;
    if (elsewhere == null && entry == null && !remote.isAlone()) {
      elsewhere = remote.addUnknown(actorId);
      lookUp(actorId, System.nanoTime() + UNKNOWN_GRACE.toNanos());
    }
    if (elsewhere != null) {
      remote.call(elsewhere, calls);
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
    if (actors.containsKey(spec.actorId()) || remote.find(spec.actorId()) != null) {
      return;
    }
    if (!spec.actorName().isEmpty()) {
      Name name = new Name(spec.actorName(), spec.actorNamespace());
      ActorId taken = names.get(name);
      if (taken != null) {
        refuseName(spec, taken);
        return;
      }
      names.put(name, spec.actorId());
    }
    if (remote.isAlone() && PlacementStrategy.of(spec).isMetBy(peers.nodeId(), true)) {
      spawn(spec, 0, null);
      return;
    }
    RemoteActors.Remote actor = remote.add(spec);
    record(actor, spec, ActorRow.State.PENDING, "");
    if (spec.actorName().isEmpty()) {
      remote.place(actor, spec);
    } else {
      context.pipeToSelf(
          named(spec.actorName(), spec.actorNamespace()),
          (row, failure) ->
              new NameLookedUp(
                  spec,
                  failure == null
                      ? row.map(ActorRow::id).filter(id -> !id.equals(spec.actorId()))
                      : Optional.empty()));
    }
  }

  private void refuseName(TaskSpec spec, ActorId taken) {
    fail(
        spec,
        ErrorObject.Kind.ACTOR_DIED,
        "actor name '" + spec.actorName() + "' is taken by " + taken);
    peers.objects().tell(new ObjectManager.ActorGone(spec.taskId()));
  }

  /// An actor of this name that is not dead, on any node.
  private CompletionStage<Optional<ActorRow>> named(String name, String namespace) {
    return peers
        .control()
        .actors()
        .list(MAX_NAMED)
        .thenApply(rows ->
            rows.stream()
                .filter(row -> row.name().equals(name) && row.namespace().equals(namespace))
                .filter(row -> row.state() != ActorRow.State.DEAD)
                .findFirst());
  }

  private void nameLookedUp(TaskSpec creation, Optional<ActorId> taken) {
    RemoteActors.Remote actor = remote.find(creation.actorId());
    if (actor == null) {
      return;
    }
    if (taken.isPresent()) {
      refuseName(creation, taken.get());
      names.values().remove(creation.actorId());
      bury(actor, ErrorObject.Kind.ACTOR_DIED, "its name is taken by " + taken.get());
    } else {
      remote.place(actor, creation);
    }
  }

  private void spawn(TaskSpec spec, int restarts, @Nullable NodeId owner) {
    ActorRef<RayActor.Command> ref =
        context.spawn(
            RayActor.create(changes, spec, restarts, actorPeers),
            "actor-" + spec.actorId().hex() + (restarts == 0 ? "" : "-" + restarts),
            peers.dispatcher());
    Entry entry = new Entry(spec, ref, owner);
    actors.put(spec.actorId(), entry);
    if (!spec.actorName().isEmpty()) {
      names.put(new Name(spec.actorName(), spec.actorNamespace()), spec.actorId());
    }
    record(entry, restarts);
  }

  // Actors on other nodes

  private void placed(GlobalScheduler.Placements placements) {
    RemoteActors.Remote actor = remote.answered(placements);
    TaskSpec creation = actor == null ? null : actor.creation;
    if (actor == null || creation == null) {
      return;
    }
    Iterator<NodeId> nodes = placements.shares().keySet().iterator();
    if (!nodes.hasNext()) {
      die(actor, creation, ErrorObject.Kind.UNSCHEDULABLE, placements.reason());
      return;
    }
    NodeId node = nodes.next();
    if (node.equals(peers.nodeId())) {
      List<TaskSpec> calls = actor.unanswered();
      remote.remove(actor);
      spawn(creation, actor.restarts(), null);
      call(creation.actorId(), calls);
    } else {
      remote.host(actor, creation, node);
    }
  }

  private void changedElsewhere(PeerMessage.ActorChanged change) {
    RemoteActors.Remote actor = remote.find(change.actorId());
    if (actor == null) {
      return;
    }
    remote.changed(actor, change.state(), change.restarts());
    TaskSpec creation = actor.creation;
    if (change.state() == ActorRow.State.DEAD && creation != null) {
      // Its host has told those who called it, and goes on to do so.
      names.values().remove(creation.actorId());
      peers.objects().tell(new ObjectManager.ActorGone(creation.taskId()));
    }
  }

  private void nodeLost(NodeId node) {
    for (RemoteActors.Remote actor : remote.lost(node)) {
      TaskSpec creation = actor.creation;
      if (creation == null) {
        // The next call finds out what has become of it.
        bury(
            actor, ErrorObject.Kind.ACTOR_DIED, actor.actorId + ": its node " + node + " was lost");
      } else if (actor.isRestartable()) {
        String message = creation.taskName() + ": its node " + node + " was lost";
        for (TaskSpec call : remote.restarting(actor)) {
          fail(call, ErrorObject.Kind.ACTOR_DIED, message);
        }
        record(actor, creation, ActorRow.State.RESTARTING, "");
        remote.place(actor, creation);
      } else {
        die(actor, creation, ErrorObject.Kind.ACTOR_DIED, "its node " + node + " was lost");
      }
    }
    actors.forEach((actorId, entry) -> {
      if (node.equals(entry.owner) && !entry.creation.detached()) {
        tell(actorId, new RayActor.Kill(true, "the node that it was created at was lost"));
      }
    });
  }

  /// An actor of this node that lived elsewhere, or would have, is dead.
  private void die(
      RemoteActors.Remote actor, TaskSpec creation, ErrorObject.Kind kind, String reason) {
    String message = creation.taskName() + ": " + reason;
    if (!actor.wasCreated()) {
      fail(creation, kind, message);
    }
    bury(actor, kind, message);
    names.values().remove(creation.actorId());
    peers.objects().tell(new ObjectManager.ActorGone(creation.taskId()));
    record(actor, creation, ActorRow.State.DEAD, reason);
    eraseJournal(creation);
  }

  private void eraseJournal(TaskSpec creation) {
    if (creation.callsPerSnapshot() > 0) {
      ActorJournal.erase(context, creation.actorId());
    }
  }

  private void bury(RemoteActors.Remote actor, ErrorObject.Kind kind, String message) {
    actor.unanswered().forEach(call -> fail(call, kind, message));
    remote.remove(actor);
  }

  /// Looks in the table where an actor lives that this node has not created.
  private void lookUp(ActorId actorId, long deadlineNs) {
    context.pipeToSelf(
        peers.control().actors().find(actorId),
        (row, failure) ->
            new LookedUp(actorId, failure == null ? row : Optional.empty(), deadlineNs));
  }

  private void lookedUp(ActorId actorId, Optional<ActorRow> found, long deadlineNs) {
    RemoteActors.Remote actor = remote.find(actorId);
    if (actor == null) {
      return;
    }
    if (found.isPresent() && found.get().state() == ActorRow.State.DEAD) {
      ActorRow row = found.get();
      bury(actor, ErrorObject.Kind.ACTOR_DIED, row.className() + " is dead: " + row.reason());
    } else if (found.isPresent() && remote.isThere(found.get().node())) {
      remote.isAt(actor, found.get().node());
    } else if (found.isPresent() || System.nanoTime() - deadlineNs < 0) {
      // It has no place yet, or its row is under way.
      timers.startSingleTimer(actorId, new LookUp(actorId, deadlineNs), LOOK_AGAIN_DELAY);
    } else {
      bury(
          actor,
          ErrorObject.Kind.ACTOR_DIED,
          actorId + " is not known: its job has ended, or it never existed");
    }
  }

  private void kill(ActorId actorId, boolean noRestart) {
    tell(actorId, new RayActor.Kill(noRestart, "it was killed by ActorHandle.kill()"));
    RemoteActors.Remote actor = remote.find(actorId);
    TaskSpec creation = actor == null ? null : actor.creation;
    if (actor == null) {
      killUnknown(actorId, noRestart);
    } else if (!remote.kill(actor, noRestart) && creation != null && noRestart) {
      die(actor, creation, ErrorObject.Kind.ACTOR_DIED, "it was killed by ActorHandle.kill()");
    }
  }

  private void killUnknown(ActorId actorId, boolean noRestart) {
    if (actors.containsKey(actorId) || remote.isAlone()) {
      return;
    }
    context.pipeToSelf(
        peers.control().actors().find(actorId),
        (row, failure) ->
            new KillFound(actorId, noRestart, failure == null ? row : Optional.empty()));
  }

  private void killFound(ActorId actorId, boolean noRestart, Optional<ActorRow> row) {
    if (row.isPresent() && remote.isThere(row.get().node())) {
      peers
          .nodes()
          .tell(new Peers.Send(row.get().node(), new PeerMessage.KillActor(actorId, noRestart)));
    }
  }

  private void record(
      RemoteActors.Remote actor, TaskSpec creation, ActorRow.State state, String reason) {
    record(creation, state, NodeId.NIL, actor.restarts(), reason);
  }

  private void changed(RayActor.Changed change) {
    if (change.state() == ActorRow.State.DEAD) {
      // Behind every call that was handed on before: none is lost with the actor.
      change.ref().tell(new RayActor.Bury());
      eraseJournal(change.creation());
    }
    Entry entry = actors.get(change.actorId());
    if (entry == null) {
      return;
    }
    entry.state = change.state();
    entry.lane = change.worker();
    entry.reason = change.reason();
    record(entry, change.restarts());
    NodeId owner = entry.owner;
    if (owner != null) {
      peers
          .nodes()
          .tell(
              new Peers.Send(
                  owner,
                  new PeerMessage.ActorChanged(
                      change.actorId(), change.state(), change.restarts(), change.reason())));
    }
    if (change.state() == ActorRow.State.DEAD) {
      names.values().remove(change.actorId());
    }
  }

  private void record(Entry entry, int restarts) {
    record(entry.creation, entry.state, peers.nodeId(), restarts, entry.reason);
  }

  private void record(
      TaskSpec spec, ActorRow.State state, NodeId node, int restarts, String reason) {
    peers
        .control()
        .actors()
        .put(
            new ActorRow(
                spec.actorId(),
                spec.jobId(),
                state,
                node,
                spec.taskName(),
                spec.actorName(),
                spec.actorNamespace(),
                restarts,
                spec.detached(),
                reason));
  }

  private void find(String name, String namespace, Consumer<@Nullable Found> answer) {
    TaskSpec creation = creationOf(names.get(new Name(name, namespace)));
    if (creation != null) {
      answer.accept(new Found(creation.actorId(), creation.taskName(), creation.maxPendingCalls()));
    } else if (remote.isAlone()) {
      answer.accept(null);
    } else {
      context.pipeToSelf(
          named(name, namespace),
          (row, failure) ->
              new FoundElsewhere(
                  failure == null ? row.map(ActorDirectory::found).orElse(null) : null, answer));
    }
  }

  private @Nullable TaskSpec creationOf(@Nullable ActorId actorId) {
    if (actorId == null) {
      return null;
    }
    Entry entry = actors.get(actorId);
    if (entry != null) {
      return entry.creation;
    }
    RemoteActors.Remote elsewhere = remote.find(actorId);
    return elsewhere == null ? null : elsewhere.creation;
  }

  /// How many calls may be unanswered is not in the table; callers on other nodes have no limit.
  private static Found found(ActorRow row) {
    return new Found(row.id(), row.className(), -1);
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
    remote.endJob(jobId);
    names.values().removeAll(gone);
    peers.workerPool().tell(new WorkerPool.EndJob(jobId, kept));
  }
}
