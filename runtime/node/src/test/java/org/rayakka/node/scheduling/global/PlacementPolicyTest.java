package org.rayakka.node.scheduling.global;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.NodeId;

class PlacementPolicyTest {
  private static final NodeId SMALL = new NodeId(0, 1);
  private static final NodeId LARGE = new NodeId(0, 2);

  private final List<ClusterView.NodeLoad> nodes =
      List.of(
          new ClusterView.NodeLoad(SMALL, Map.of("CPU", 2.0), 2),
          new ClusterView.NodeLoad(LARGE, Map.of("CPU", 8.0, "GPU", 1.0), 4));

  @Test
  void takesTheShortestQueueForTheSizeOfTheNode() {
    assertThat(PlacementPolicy.place(Map.of("CPU", 1.0), 1, nodes)).isEqualTo(Map.of(LARGE, 1));
  }

  @Test
  void countsWhatItHasPlaced() {
    assertThat(PlacementPolicy.place(Map.of("CPU", 1.0), 14, nodes))
        .isEqualTo(Map.of(SMALL, 2, LARGE, 12));
  }

  @Test
  void placesNothingWhereItCannotFit() {
    assertThat(PlacementPolicy.place(Map.of("GPU", 2.0), 3, nodes)).isEmpty();
    assertThat(PlacementPolicy.infeasible(Map.of("GPU", 2.0), nodes))
        .contains("GPU=2.0")
        .contains("GPU=1.0");
  }
}
