package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineResourcesTest {
  private static final long GIB = 1L << 30;

  @Test
  void startsAWorkerForEachCpuButFourAtMost() {
    assertThat(MachineResources.of(RaySettings.load(Map.of()), 2, 16 * GIB).numWorkers())
        .isEqualTo(2);
    assertThat(MachineResources.of(RaySettings.load(Map.of()), 64, 16 * GIB).numWorkers())
        .isEqualTo(4);
  }

  @Test
  void leavesHalfOfTheMemoryToAllWorkersTogether() {
    MachineResources machine = MachineResources.of(RaySettings.load(Map.of()), 4, 16 * GIB);

    assertThat(machine.workerHeap()).isEqualTo(2 * GIB);
    assertThat(machine.objectStoreMemory()).isEqualTo(2 * GIB);
  }

  @Test
  void takesWhatIsSetAsItIs() {
    MachineResources machine =
        MachineResources.of(
            RaySettings.load(
                Map.of(
                    "ray.node.num-cpus",
                    20,
                    "ray.node.num-workers",
                    0,
                    "ray.worker.heap-maximum",
                    "1 GiB",
                    "ray.object-store.memory",
                    "512 MiB")),
            2,
            4 * GIB);

    assertThat(machine).isEqualTo(new MachineResources(20, 0, 4, GIB / 2, GIB));
  }
}
