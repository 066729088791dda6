package org.rayakka.node.scheduling.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.scheduling.global.PlacementStrategy;

class PlacementLeasesTest {
  private static final SchedulingClass TASKS =
      new SchedulingClass(
          new JobId(1), 0, ResourceSet.of(1, 0, Map.of("special", 1.0)), PlacementStrategy.ANY);
  private static final NodeId THERE = new NodeId(1, 2);
  private static final long LONG_NS = 1_000_000_000;

  private final PlacementLeases leases = new PlacementLeases();

  @Test
  void holdsForSomeTasksAndForSomeTime() {
    leases.placed(TASKS, THERE, 0);

    int taken = 0;
    while (taken < 1_000 && THERE.equals(leases.take(TASKS, 1))) {
      taken++;
    }

    assertThat(taken).isBetween(1, 999);
    assertThat(leases.take(TASKS, 1)).isNull();
    leases.placed(TASKS, THERE, 0);
    assertThat(leases.take(TASKS, LONG_NS)).isNull();
  }

  @Test
  void endsWithItsNodeAndItsJob() {
    leases.placed(TASKS, THERE, 0);
    leases.lost(THERE);
    assertThat(leases.take(TASKS, 1)).isNull();
    leases.placed(TASKS, THERE, 0);
    leases.endJob(new JobId(1));
    assertThat(leases.take(TASKS, 1)).isNull();
  }
}
