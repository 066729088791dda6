package org.rayakka.node.scheduling.local;

import akka.actor.typed.ActorRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.peer.PeerMessage;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.scheduling.global.GlobalScheduler;
import org.rayakka.node.scheduling.global.GlobalScheduler.PlaceTasks;
import org.rayakka.protocol.TaskSpec;

/// Tasks of this node that other nodes run, or will when the global scheduler has said which. Tasks
/// of one class are placed together: however many there are, one request of each class is under
/// way. Belongs to the local scheduler.
final class AwayTasks {
  /// What the global scheduler was asked for.
  private record Request(PlaceTasks question, SchedulingClass schedulingClass) {}

  private final NodeId self;
  private final ActorRef<GlobalScheduler.Command> globalScheduler;
  private final ActorRef<GlobalScheduler.Placements> placements;
  private final ActorRef<Peers.Command> peers;

  private final Map<SchedulingClass, ArrayDeque<QueuedTask>> unplaced = new LinkedHashMap<>();
  private final Map<Long, Request> requests = new LinkedHashMap<>();
  private final Set<SchedulingClass> requested = new LinkedHashSet<>();
  private final PlacementLeases leases = new PlacementLeases();
  private final Map<NodeId, Set<QueuedTask>> byNode = new HashMap<>();
  private long lastRequest;

  AwayTasks(
      NodeId self,
      ActorRef<GlobalScheduler.Command> globalScheduler,
      ActorRef<GlobalScheduler.Placements> placements,
      ActorRef<Peers.Command> peers) {
    this.self = self;
    this.globalScheduler = globalScheduler;
    this.placements = placements;
    this.peers = peers;
  }

  /// A task is to run elsewhere.
  void add(QueuedTask task) {
    task.isAway = true;
    NodeId node = leases.take(task.askedAs, System.nanoTime());
    if (node != null && !unplaced.containsKey(task.askedAs)) {
      send(node, List.of(task));
      return;
    }
    unplaced.computeIfAbsent(task.askedAs, none -> new ArrayDeque<>()).addLast(task);
  }

  /// Asks where those shall run that came since the last time.
  ///
  /// @param queuedHere how many tasks wait or run on this node
  void request(int queuedHere) {
    for (Map.Entry<SchedulingClass, ArrayDeque<QueuedTask>> entry : unplaced.entrySet()) {
      ask(entry.getKey(), entry.getValue().size(), queuedHere);
    }
  }

  /// Asks where tasks of a class shall run, unless that is being asked already.
  ///
  /// @param count how many there are
  /// @param queuedHere how many others wait or run on this node
  void ask(SchedulingClass schedulingClass, int count, int queuedHere) {
    if (requested.add(schedulingClass)) {
      PlaceTasks question =
          new PlaceTasks(
              ++lastRequest,
              schedulingClass.resources().amounts(),
              schedulingClass.strategy(),
              Math.min(count, PlaceTasks.MAX_COUNT),
              self,
              queuedHere,
              placements);
      requests.put(question.request(), new Request(question, schedulingClass));
      globalScheduler.tell(question);
    }
  }

  /// Asks again what was not answered: the global scheduler may have moved.
  void askAgain() {
    requests.values().forEach(request -> globalScheduler.tell(request.question()));
  }

  /// How many tasks there are.
  int count() {
    int count = 0;
    for (ArrayDeque<QueuedTask> waiting : unplaced.values()) {
      count += waiting.size();
    }
    for (Set<QueuedTask> there : byNode.values()) {
      count += there.size();
    }
    return count;
  }

  boolean isAwaitingPlacements() {
    return !requests.isEmpty();
  }

  /// Sends tasks where they were placed: those that can only run elsewhere, or those that more wait
  /// for than this node can run soon.
  ///
  /// @param ready where the latter still wait
  /// @return those that are placed nowhere or here, to be dealt with by the local scheduler
  List<QueuedTask> placed(GlobalScheduler.Placements placed, ReadyQueue ready) {
    Request request = requests.remove(placed.request());
    List<QueuedTask> back = new ArrayList<>();
    if (request == null) {
      return back;
    }
    SchedulingClass schedulingClass = request.schedulingClass();
    requested.remove(schedulingClass);
    ArrayDeque<QueuedTask> waiting = unplaced.remove(schedulingClass);
    if (waiting == null) {
      placed
          .shares()
          .forEach((node, count) -> {
            if (!node.equals(self)) {
              spill(node, schedulingClass, count, ready);
            }
          });
      return back;
    }
    if (placed.shares().isEmpty()) {
      waiting.forEach(task -> task.isAway = false);
      back.addAll(waiting);
      return back;
    }
    placed
        .shares()
        .forEach((node, count) -> {
          List<QueuedTask> share = new ArrayList<>();
          while (share.size() < count && !waiting.isEmpty()) {
            share.add(waiting.removeFirst());
          }
          if (node.equals(self)) {
            share.forEach(task -> task.isAway = false);
            back.addAll(share);
          } else if (!share.isEmpty()) {
            if (schedulingClass.strategy().mayRepeat()) {
              leases.placed(schedulingClass, node, System.nanoTime());
            }
            send(node, share);
          }
        });
    if (!waiting.isEmpty()) {
      unplaced.put(schedulingClass, waiting);
    }
    return back;
  }

  private void spill(NodeId node, SchedulingClass schedulingClass, int count, ReadyQueue ready) {
    List<QueuedTask> share = new ArrayList<>();
    QueuedTask last = ready.pollLastOwn(schedulingClass);
    while (last != null) {
      last.isAway = true;
      share.add(last);
      last = share.size() < count ? ready.pollLastOwn(schedulingClass) : null;
    }
    if (!share.isEmpty()) {
      send(node, share);
    }
  }

  private void send(NodeId node, List<QueuedTask> tasks) {
    Set<QueuedTask> there = byNode.computeIfAbsent(node, none -> new LinkedHashSet<>());
    List<TaskSpec> specs = new ArrayList<>(tasks.size());
    for (QueuedTask task : tasks) {
      task.awayAt = node;
      there.add(task);
      specs.add(task.spec);
    }
    peers.tell(new Peers.RunElsewhere(node, specs));
  }

  /// A task is done with, wherever it was.
  void remove(QueuedTask task) {
    task.isAway = false;
    NodeId node = task.awayAt;
    if (node != null) {
      Set<QueuedTask> there = byNode.get(node);
      if (there != null && there.remove(task) && there.isEmpty()) {
        byNode.remove(node);
      }
      task.awayAt = null;
      return;
    }
    ArrayDeque<QueuedTask> waiting = unplaced.get(task.askedAs);
    if (waiting != null && waiting.remove(task) && waiting.isEmpty()) {
      unplaced.remove(task.askedAs);
    }
  }

  /// Asks the node that runs a task to stop it.
  void cancel(QueuedTask task, boolean force, boolean recursive) {
    NodeId node = task.awayAt;
    if (node != null) {
      peers.tell(
          new Peers.Send(node, new PeerMessage.CancelTask(task.spec.taskId(), force, recursive)));
    }
  }

  /// A node is gone.
  ///
  /// @return the tasks that it was to run
  List<QueuedTask> lost(NodeId node) {
    leases.lost(node);
    Set<QueuedTask> there = byNode.remove(node);
    if (there == null) {
      return List.of();
    }
    for (QueuedTask task : there) {
      task.awayAt = null;
      task.isAway = false;
    }
    return List.copyOf(there);
  }

  void endJob(JobId jobId) {
    unplaced.keySet().removeIf(of -> of.jobId().equals(jobId));
    leases.endJob(jobId);
    byNode.values().forEach(there -> there.removeIf(task -> task.spec.jobId().equals(jobId)));
    byNode.values().removeIf(Set::isEmpty);
  }
}
