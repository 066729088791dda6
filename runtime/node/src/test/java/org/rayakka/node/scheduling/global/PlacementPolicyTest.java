package org.rayakka.node.scheduling.global;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.NodeId;
import org.rayakka.protocol.sbe.Placement;

class PlacementPolicyTest {
  private static final NodeId SMALL = new NodeId(0, 1);
  private static final NodeId LARGE = new NodeId(0, 2);

  private static final PlacementStrategy ANY = PlacementStrategy.ANY;

  private final PlacementPolicy policy = new PlacementPolicy();
  private final List<ClusterView.NodeLoad> nodes =
      List.of(
          new ClusterView.NodeLoad(SMALL, Map.of("CPU", 2.0), 2),
          new ClusterView.NodeLoad(LARGE, Map.of("CPU", 8.0, "GPU", 1.0), 4));

  @Test
  void takesTheShortestQueueForTheSizeOfTheNode() {
    assertThat(policy.place(Map.of("CPU", 1.0), ANY, 1, nodes)).isEqualTo(Map.of(LARGE, 1));
  }

  @Test
  void countsWhatItHasPlaced() {
    assertThat(policy.place(Map.of("CPU", 1.0), ANY, 14, nodes))
        .isEqualTo(Map.of(SMALL, 2, LARGE, 12));
  }

  @Test
  void placesNothingWhereItCannotFit() {
    assertThat(policy.place(Map.of("GPU", 2.0), ANY, 3, nodes)).isEmpty();
    assertThat(PlacementPolicy.infeasible(Map.of("GPU", 2.0), ANY, nodes))
        .contains("GPU=2.0")
        .contains("GPU=1.0");
  }

  @Test
  void spreadsEvenlyAndGoesOnWhereItStopped() {
    PlacementStrategy spread = new PlacementStrategy(Placement.SPREAD, NodeId.NIL);
    Map<String, Double> cpu = Map.of("CPU", 1.0);

    assertThat(policy.place(cpu, spread, 5, nodes)).isEqualTo(Map.of(SMALL, 3, LARGE, 2));
    assertThat(policy.place(cpu, spread, 1, nodes)).isEqualTo(Map.of(LARGE, 1));
    assertThat(policy.place(cpu, spread, 1, nodes)).isEqualTo(Map.of(SMALL, 1));
    assertThat(policy.place(Map.of("GPU", 1.0), spread, 2, nodes)).isEqualTo(Map.of(LARGE, 2));
  }

  @Test
  void takesTheNodeThatIsAskedForAndNoOther() {
    PlacementStrategy small = new PlacementStrategy(Placement.NODE, SMALL);
    NodeId gone = new NodeId(0, 3);
    PlacementStrategy lost = new PlacementStrategy(Placement.NODE, gone);

    assertThat(policy.place(Map.of("CPU", 1.0), small, 9, nodes)).isEqualTo(Map.of(SMALL, 9));
    assertThat(policy.place(Map.of("GPU", 1.0), small, 1, nodes)).isEmpty();
    assertThat(PlacementPolicy.infeasible(Map.of("GPU", 1.0), small, nodes))
        .isEqualTo("the task asks for {GPU=1.0} on " + SMALL + ", which has {CPU=2.0}");
    assertThat(policy.place(Map.of("CPU", 1.0), lost, 1, nodes)).isEmpty();
    assertThat(PlacementPolicy.infeasible(Map.of("CPU", 1.0), lost, nodes))
        .isEqualTo(
            "the task asks for %s, which is not in the cluster (nodes: %s, %s)"
                .formatted(gone, SMALL, LARGE));
  }

  @Test
  void takesAnotherNodeForOneThatIsOnlyPreferred() {
    PlacementStrategy small = new PlacementStrategy(Placement.PREFERRED_NODE, SMALL);

    assertThat(policy.place(Map.of("CPU", 1.0), small, 9, nodes)).isEqualTo(Map.of(SMALL, 9));
    assertThat(policy.place(Map.of("GPU", 1.0), small, 1, nodes)).isEqualTo(Map.of(LARGE, 1));
  }

  @Test
  void goesWhereTheArgumentsAreUntilTheQueueThereIsLongerThanTheWay() {
    Map<String, Double> cpu = Map.of("CPU", 1.0);

    assertThat(policy.place(cpu, PlacementStrategy.near(SMALL, 100_000_000), 12, nodes))
        .isEqualTo(Map.of(SMALL, 12));
    // The queue of the one is now 7 for each CPU, that of the other half of one.
    assertThat(policy.place(cpu, PlacementStrategy.near(SMALL, 10_000_000), 44, nodes))
        .isEqualTo(Map.of(LARGE, 44));
    assertThat(policy.place(cpu, PlacementStrategy.near(SMALL, 10_000_000), 2, nodes))
        .isEqualTo(Map.of(SMALL, 1, LARGE, 1));
  }

  @Test
  void heedsArgumentsOnlyOfNodesThatWillDo() {
    assertThat(policy.place(Map.of("GPU", 1.0), PlacementStrategy.near(SMALL, 1 << 30), 1, nodes))
        .isEqualTo(Map.of(LARGE, 1));
  }
}
