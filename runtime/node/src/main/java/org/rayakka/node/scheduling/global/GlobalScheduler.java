package org.rayakka.node.scheduling.global;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  /// @param strategy which nodes they ask for
  /// @param count how many there are
  /// @param origin the local scheduler's node
  /// @param originQueued how many other tasks wait or run there, or {@link #UNKNOWN}
  /// @param replyTo told where they shall run
  public record PlaceTasks(
      long request,
      Map<String, Double> resources,
      PlacementStrategy strategy,
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

  private static final Set<MemberStatus> IS_COMING =
      Set.of(MemberStatus.joining(), MemberStatus.weaklyUp(), MemberStatus.up());

  private final Cluster cluster;
  private final ClusterView view = new ClusterView();
  private final PlacementPolicy policy = new PlacementPolicy();

  /// What no known node can run, while there are members that have not said what they have.
  private final Map<Asked, PlaceTasks> early = new LinkedHashMap<>();

  /// A request; it is asked again when no answer comes.
  private record Asked(NodeId origin, long request) {}

  private GlobalScheduler(Cluster cluster) {
    this.cluster = cluster;
  }

  /// Makes the global scheduler.
  ///
  /// @return its behaviour
  public static Behavior<Command> create() {
    return Behaviors.setup(
        context -> new GlobalScheduler(Cluster.get(context.getSystem())).running());
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case PlaceTasks place -> place(place);
      case ReportLoad(var nodeId, var total, var queued) -> {
        view.update(new ClusterView.NodeLoad(nodeId, total, queued));
        placeEarly();
      }
      case NodeGone(var nodeId) -> {
        view.remove(nodeId);
        placeEarly();
      }
    }
    return Behaviors.same();
  }

  private void placeEarly() {
    if (!early.isEmpty()) {
      List<PlaceTasks> again = List.copyOf(early.values());
      early.clear();
      again.forEach(this::place);
    }
  }

  /// Whether a node joins, or has and did not report yet: it may have what is asked for.
  private boolean isAMemberUnknown() {
    int members = 0;
    for (Member member : cluster.state().getMembers()) {
      if (IS_COMING.contains(member.status())) {
        members++;
      }
    }
    return members > view.nodes().size();
  }

  private void place(PlaceTasks place) {
    if (place.originQueued() != PlaceTasks.UNKNOWN) {
      view.isQueued(place.origin(), place.originQueued());
    }
    Map<NodeId, Integer> shares =
        policy.place(place.resources(), place.strategy(), place.count(), view.nodes());
    if (shares.isEmpty() && isAMemberUnknown()) {
      early.put(new Asked(place.origin(), place.request()), place);
      return;
    }
    String reason =
        shares.isEmpty()
            ? PlacementPolicy.infeasible(place.resources(), place.strategy(), view.nodes())
            : "";
    place.replyTo().tell(new Placements(place.request(), shares, reason));
  }
}
