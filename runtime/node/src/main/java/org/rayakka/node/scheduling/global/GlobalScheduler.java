package org.rayakka.node.scheduling.global;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import java.util.Map;
import java.util.Optional;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;

/// Places what local schedulers cannot run themselves. One in the cluster, on the head; if it
/// moves, nodes tell the new one of themselves by their next report.
public final class GlobalScheduler {

  /// What the global scheduler can be told.
  public sealed interface Command {}

  /// A local scheduler cannot run this task.
  ///
  /// @param taskId which
  /// @param resources what it needs, by name
  /// @param replyTo told where it shall run
  public record PlaceTask(TaskId taskId, Map<String, Double> resources, ActorRef<Placement> replyTo)
      implements Command {
    /// Copies its map.
    public PlaceTask {
      resources = Map.copyOf(resources);
    }
  }

  /// A node describes itself.
  ///
  /// @param nodeId which
  /// @param total what it has of each resource
  /// @param queued how many of its tasks wait
  public record ReportLoad(NodeId nodeId, Map<String, Double> total, int queued)
      implements Command {
    /// Copies its map.
    public ReportLoad {
      total = Map.copyOf(total);
    }
  }

  /// A node is gone.
  ///
  /// @param nodeId which
  public record NodeGone(NodeId nodeId) implements Command {}

  /// Answer to {@link PlaceTask}.
  public sealed interface Placement {
    /// Which task.
    ///
    /// @return its id
    TaskId taskId();

    /// It shall run there.
    ///
    /// @param taskId which task
    /// @param nodeId which node
    record Placed(TaskId taskId, NodeId nodeId) implements Placement {}

    /// It can run nowhere.
    ///
    /// @param taskId which task
    /// @param reason for a person
    record Infeasible(TaskId taskId, String reason) implements Placement {}
  }

  private final ClusterView view = new ClusterView();

  private GlobalScheduler() {}

  /// Makes the global scheduler.
  ///
  /// @return its behaviour
  public static Behavior<Command> create() {
    return Behaviors.setup(context -> new GlobalScheduler().running());
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case PlaceTask place -> place(place);
      case ReportLoad(var nodeId, var total, var queued) ->
          view.update(new ClusterView.NodeLoad(nodeId, total, queued));
      case NodeGone(var nodeId) -> view.remove(nodeId);
    }
    return Behaviors.same();
  }

  private void place(PlaceTask place) {
    Optional<NodeId> node = PlacementPolicy.place(place.resources(), view.nodes());
    place
        .replyTo()
        .tell(
            node.<Placement>map(nodeId -> new Placement.Placed(place.taskId(), nodeId))
                .orElseGet(() ->
                    new Placement.Infeasible(
                        place.taskId(),
                        PlacementPolicy.infeasible(place.resources(), view.nodes()))));
  }
}
