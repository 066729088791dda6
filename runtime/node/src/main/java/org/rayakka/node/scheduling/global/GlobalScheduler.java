package org.rayakka.node.scheduling.global;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import java.util.Map;
import org.rayakka.api.id.NodeId;

/// Places what local schedulers cannot run themselves. One in the cluster, on the head; if it
/// moves, nodes tell the new one of themselves by their next report.
public final class GlobalScheduler {

  /// What the global scheduler can be told.
  public sealed interface Command {}

  /// A local scheduler has tasks of one kind that it cannot run, or not soon.
  ///
  /// @param request repeated in the answer
  /// @param resources what each needs, by name
  /// @param count how many there are
  /// @param origin the local scheduler's node
  /// @param originQueued how many other tasks wait or run there, or {@link #UNKNOWN}
  /// @param replyTo told where they shall run
  public record PlaceTasks(
      long request,
      Map<String, Double> resources,
      int count,
      NodeId origin,
      int originQueued,
      ActorRef<Placements> replyTo)
      implements Command {
    /// The origin's queue is what its last report said.
    public static final int UNKNOWN = -1;

    /// So many are placed in one go at most.
    public static final int MAX_COUNT = 10_000;

    /// Copies its map.
    public PlaceTasks {
      if (count < 1 || count > MAX_COUNT) {
        throw new IllegalArgumentException(
            "count: " + count + " (expected: 1 to " + MAX_COUNT + ")");
      }
      resources = Map.copyOf(resources);
    }
  }

  /// A node describes itself.
  ///
  /// @param nodeId which
  /// @param total what it has of each resource
  /// @param queued how many of its tasks wait or run
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

  /// Answer to {@link PlaceTasks}.
  ///
  /// @param request which
  /// @param shares how many go to which node; empty if they can run nowhere
  /// @param reason why they can run nowhere, for a person; empty if they can
  public record Placements(long request, Map<NodeId, Integer> shares, String reason) {
    /// Copies its map.
    public Placements {
      shares = Map.copyOf(shares);
    }
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
      case PlaceTasks place -> place(place);
      case ReportLoad(var nodeId, var total, var queued) ->
          view.update(new ClusterView.NodeLoad(nodeId, total, queued));
      case NodeGone(var nodeId) -> view.remove(nodeId);
    }
    return Behaviors.same();
  }

  private void place(PlaceTasks place) {
    if (place.originQueued() != PlaceTasks.UNKNOWN) {
      view.isQueued(place.origin(), place.originQueued());
    }
    Map<NodeId, Integer> shares =
        PlacementPolicy.place(place.resources(), place.count(), view.nodes());
    String reason =
        shares.isEmpty() ? PlacementPolicy.infeasible(place.resources(), view.nodes()) : "";
    place.replyTo().tell(new Placements(place.request(), shares, reason));
  }
}
