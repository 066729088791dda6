package org.rayakka.node.actor;

import akka.actor.typed.ActorRef;
import akka.cluster.typed.Cluster;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.ActorRow;
import org.rayakka.node.peer.PeerMessage;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.scheduling.global.GlobalScheduler;
import org.rayakka.node.scheduling.global.GlobalScheduler.PlaceTasks;
import org.rayakka.node.scheduling.global.PlacementStrategy;
import org.rayakka.node.scheduling.local.ResourceSet;
import org.rayakka.protocol.TaskSpec;

/// The actors that this node's clients speak to and that live on other nodes, or may: where each
/// is, which calls wait until that is known, and which are under way. The node that an actor was
/// created at owns it, and has it hosted elsewhere again when its host is lost. Belongs to the
/// actor directory.
final class RemoteActors {

  /// An actor that lives elsewhere, or whose place is not known.
  static final class Remote {
    final ActorId actorId;

    /// The task that created it, if it was created here.
    final @Nullable TaskSpec creation;

    private final ArrayDeque<TaskSpec> waiting = new ArrayDeque<>();
    private final Map<TaskId, TaskSpec> sent = new LinkedHashMap<>();
    private @Nullable NodeId host;
    private boolean wasCreated;
    private int restarts;

    Remote(ActorId actorId, @Nullable TaskSpec creation) {
      this.actorId = actorId;
      this.creation = creation;
    }

    int restarts() {
      return restarts;
    }

    boolean wasCreated() {
      return wasCreated;
    }

    /// The calls that have not ended, in order.
    List<TaskSpec> unanswered() {
      List<TaskSpec> calls = new ArrayList<>(sent.values());
      calls.addAll(waiting);
      return calls;
    }

    boolean isRestartable() {
      TaskSpec made = creation;
      return made != null && (made.maxRetries() < 0 || restarts < made.maxRetries());
    }
  }

  private final NodeId self;
  private final ActorRef<Peers.Command> peers;
  private final ActorRef<GlobalScheduler.Command> globalScheduler;
  private final ActorRef<GlobalScheduler.Placements> placements;
  private final Cluster cluster;
  private final Set<NodeId> others = new HashSet<>();
  private final Map<ActorId, Remote> actors = new HashMap<>();
  private final Map<Long, Remote> requests = new LinkedHashMap<>();
  private final Map<TaskId, Remote> sent = new HashMap<>();
  private long lastRequest;

  RemoteActors(
      NodeId self,
      ActorRef<Peers.Command> peers,
      ActorRef<GlobalScheduler.Command> globalScheduler,
      ActorRef<GlobalScheduler.Placements> placements,
      Cluster cluster) {
    this.self = self;
    this.peers = peers;
    this.globalScheduler = globalScheduler;
    this.placements = placements;
    this.cluster = cluster;
  }

  void joined(NodeId node) {
    others.add(node);
  }

  /// Whether there is no other node, not even one that has joined and has not been greeted yet: its
  /// user was told that it is there.
  boolean isAlone() {
    return others.isEmpty() && cluster.state().members().size() <= 1;
  }

  boolean isThere(NodeId node) {
    return others.contains(node);
  }

  @Nullable Remote find(ActorId actorId) {
    return actors.get(actorId);
  }

  /// An actor is created here; where it will live is to be found out.
  Remote add(TaskSpec creation) {
    Remote actor = new Remote(creation.actorId(), creation);
    actors.put(actor.actorId, actor);
    return actor;
  }

  /// An actor is called that this node does not know.
  Remote addUnknown(ActorId actorId) {
    Remote actor = new Remote(actorId, null);
    actors.put(actorId, actor);
    return actor;
  }

  void remove(Remote actor) {
    actors.remove(actor.actorId);
    requests.values().removeIf(actor::equals);
    actor.sent.keySet().forEach(sent::remove);
  }

  // Where it is

  /// Asks the global scheduler for a place.
  void place(Remote actor, TaskSpec creation) {
    long request = ++lastRequest;
    requests.put(request, actor);
    ask(request, creation);
  }

  private void ask(long request, TaskSpec creation) {
    globalScheduler.tell(
        new PlaceTasks(
            request,
            ResourceSet.of(creation).amounts(),
            PlacementStrategy.of(creation),
            1,
            self,
            PlaceTasks.UNKNOWN,
            placements));
  }

  boolean isAwaitingPlacements() {
    return !requests.isEmpty();
  }

  /// Asks again what was not answered: the global scheduler may have moved.
  void askAgain() {
    requests.forEach((request, actor) -> {
      TaskSpec creation = actor.creation;
      if (creation != null) {
        ask(request, creation);
      }
    });
  }

  /// The actor that was asked for, or null if it is gone.
  @Nullable Remote answered(GlobalScheduler.Placements placed) {
    return requests.remove(placed.request());
  }

  /// Has an actor hosted by another node.
  void host(Remote actor, TaskSpec creation, NodeId node) {
    peers.tell(new Peers.HostElsewhere(node, creation, actor.restarts));
    isAt(actor, node);
  }

  /// The actor lives there: what waits is sent.
  void isAt(Remote actor, NodeId node) {
    actor.host = node;
    List<TaskSpec> calls = List.copyOf(actor.waiting);
    actor.waiting.clear();
    send(actor, node, calls);
  }

  // Calls

  void call(Remote actor, List<TaskSpec> calls) {
    NodeId host = actor.host;
    if (host == null) {
      actor.waiting.addAll(calls);
    } else {
      send(actor, host, calls);
    }
  }

  private void send(Remote actor, NodeId host, List<TaskSpec> calls) {
    if (calls.isEmpty()) {
      return;
    }
    for (TaskSpec call : calls) {
      actor.sent.put(call.taskId(), call);
      sent.put(call.taskId(), actor);
    }
    peers.tell(new Peers.RunElsewhere(host, calls));
  }

  void ended(List<TaskId> taskIds) {
    if (sent.isEmpty()) {
      return;
    }
    for (TaskId taskId : taskIds) {
      Remote actor = sent.remove(taskId);
      if (actor != null) {
        actor.sent.remove(taskId);
      }
    }
  }

  /// Asks the host of the actor that was called to stop a call.
  void cancel(TaskId taskId, boolean recursive) {
    Remote actor = sent.get(taskId);
    if (actor != null && actor.host != null) {
      peers.tell(new Peers.Send(actor.host, new PeerMessage.CancelTask(taskId, false, recursive)));
    }
  }

  /// Asks the hosts to stop the calls that these have made.
  void cancelCallsOf(Set<TaskId> parents) {
    for (Remote actor : actors.values()) {
      for (TaskSpec call : List.copyOf(actor.sent.values())) {
        if (parents.contains(call.parentTaskId())) {
          cancel(call.taskId(), true);
        }
      }
    }
  }

  /// Asks the host to end an actor.
  ///
  /// @return false if it has no host
  boolean kill(Remote actor, boolean noRestart) {
    if (actor.host == null) {
      return false;
    }
    peers.tell(new Peers.Send(actor.host, new PeerMessage.KillActor(actor.actorId, noRestart)));
    return true;
  }

  // Its fate

  /// The host tells what has become of an actor.
  void changed(Remote actor, ActorRow.State state, int restarts) {
    actor.wasCreated |= state == ActorRow.State.ALIVE;
    actor.restarts = Math.max(actor.restarts, restarts);
  }

  /// A node is gone.
  ///
  /// @return the actors that it hosted
  List<Remote> lost(NodeId node) {
    others.remove(node);
    List<Remote> hosted = new ArrayList<>();
    for (Remote actor : actors.values()) {
      if (node.equals(actor.host)) {
        actor.host = null;
        hosted.add(actor);
      }
    }
    return hosted;
  }

  /// The actor will be hosted again: the calls that were under way are repeated, or not.
  ///
  /// @return those that are not
  List<TaskSpec> restarting(Remote actor) {
    actor.restarts++;
    List<TaskSpec> cut = new ArrayList<>(actor.sent.values());
    actor.sent.keySet().forEach(sent::remove);
    actor.sent.clear();
    TaskSpec creation = actor.creation;
    if (creation != null && creation.maxTaskRetries() != 0) {
      for (int i = cut.size() - 1; i >= 0; i--) {
        actor.waiting.addFirst(cut.get(i));
      }
      return List.of();
    }
    return cut;
  }

  /// A job has ended: its actors are its nodes' to end, but for the detached ones.
  void endJob(JobId jobId) {
    Iterator<Remote> each = actors.values().iterator();
    while (each.hasNext()) {
      Remote actor = each.next();
      TaskSpec creation = actor.creation;
      boolean goes =
          creation == null
              ? actor.unanswered().stream().allMatch(call -> call.jobId().equals(jobId))
              : creation.jobId().equals(jobId) && !creation.detached();
      if (goes) {
        each.remove();
        requests.values().removeIf(actor::equals);
        actor.sent.keySet().forEach(sent::remove);
      }
    }
  }
}
