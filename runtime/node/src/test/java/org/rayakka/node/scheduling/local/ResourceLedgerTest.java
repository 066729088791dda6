package org.rayakka.node.scheduling.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResourceLedgerTest {
  private static ResourceSet set(double cpus, double gpus) {
    return ResourceSet.of(cpus, gpus, Map.of());
  }

  private static ResourceLedger.Grant taken(ResourceLedger ledger, ResourceSet request) {
    return Objects.requireNonNull(ledger.take(request), "expected to fit");
  }

  @Test
  void takesAllOrNothing() {
    ResourceLedger ledger =
        new ResourceLedger(ResourceSet.of(2, 0, Map.of("disk", 1.0)), GpuDevices.NONE);
    assertThat(ledger.take(ResourceSet.of(1, 0, Map.of("disk", 2.0)))).isNull();
    assertThat(ledger.cpuFree()).isEqualTo(20_000);
    ResourceLedger.Grant grant = taken(ledger, ResourceSet.of(1, 0, Map.of("disk", 1.0)));
    assertThat(ledger.take(ResourceSet.of(0, 0, Map.of("disk", 0.1)))).isNull();
    ledger.giveBack(grant);
    assertThat(ledger.take(ResourceSet.of(2, 0, Map.of("disk", 1.0)))).isNotNull();
  }

  // rows 127-129
  @Test
  void neverGivesAWholeGpuTwice() {
    ResourceLedger ledger = new ResourceLedger(set(10, 4), GpuDevices.first(4));
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      for (int gpu : taken(ledger, set(1, 2)).gpuIds()) {
        assertThat(seen.add(gpu)).isTrue();
      }
    }
    assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(ledger.take(set(1, 1))).isNull();
  }

  @Test
  void sharesAGpuAmongFractions() {
    ResourceLedger ledger = new ResourceLedger(set(10, 2), GpuDevices.first(2));
    int first = taken(ledger, set(0, 0.5)).gpuIds()[0];
    int second = taken(ledger, set(0, 0.5)).gpuIds()[0];
    assertThat(second).as("best fit").isEqualTo(first);
    assertThat(taken(ledger, set(0, 1)).gpuIds()).containsExactly(1 - first);
  }

  @Test
  void callsGpusWhatCudaCallsThem() {
    GpuDevices named = new GpuDevices(List.of("GPU-a", "GPU-b"));
    ResourceLedger ledger = new ResourceLedger(set(0, 2), named);
    assertThat(taken(ledger, set(0, 1)).devices()).isEqualTo("GPU-a");
    ResourceLedger.Grant second = taken(ledger, set(0, 1));
    assertThat(second.devices()).isEqualTo("GPU-b");
    assertThat(second.gpuIds()).containsExactly(1);
    assertThat(taken(ledger, ResourceSet.NONE).devices()).isEmpty();
  }

  @Test
  void givesBackTheGpuOfThatNumber() {
    GpuDevices some = new GpuDevices(List.of("5", "3"));
    ResourceLedger ledger = new ResourceLedger(set(0, 2), some);
    ResourceLedger.Grant both = taken(ledger, set(0, 2));
    assertThat(both.gpuIds()).containsExactly(5, 3);
    assertThat(both.devices()).isEqualTo("5,3");
    ledger.giveBack(both);
    ResourceLedger.Grant first = taken(ledger, set(0, 1));
    taken(ledger, set(0, 1));
    ledger.giveBack(first);
    assertThat(taken(ledger, set(0, 1)).gpuIds()).containsExactly(5);
  }

  @Test
  void overdrawsCpusWhenABlockedTaskGoesOn() {
    ResourceLedger ledger = new ResourceLedger(set(1, 0), GpuDevices.NONE);
    ResourceLedger.Grant blocked = taken(ledger, set(1, 0));
    ledger.lendCpu(blocked);
    ResourceLedger.Grant other = taken(ledger, set(1, 0));
    ledger.reclaimCpu(blocked);
    assertThat(ledger.cpuFree()).isEqualTo(-10_000);
    assertThat(ledger.take(set(0.5, 0))).isNull();
    assertThat(ledger.take(set(0, 0))).as("asks for none").isNotNull();
    ledger.giveBack(other);
    ledger.giveBack(blocked);
    assertThat(ledger.cpuFree()).isEqualTo(10_000);
  }
}
