package org.rayakka.node.scheduling.local;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.protocol.Protocol;

/// Which of the node's resources are held. CPUs may be overdrawn for a moment, when a task that
/// gave them back while it was blocked goes on; everything else never is.
///
/// A whole GPU has one holder; requests of less than one share one, best fit first.
public final class ResourceLedger {
  private static final int[] NO_GPUS = {};

  private final ResourceSet total;
  private final GpuDevices gpus;
  private final long[] gpuFree;
  private final Map<String, Long> customFree = new HashMap<>();
  private long cpuFree;

  /// What a holder got.
  ///
  /// @param resources how much
  /// @param gpuIds the numbers of its GPUs; shared, never to be written to
  /// @param devices its GPUs as CUDA shall name them to its process; empty if there are none
  @SuppressWarnings("ArrayRecordComponent") // compared by identity if at all
  public record Grant(ResourceSet resources, int[] gpuIds, String devices) {}

  /// Makes a ledger with everything free.
  ///
  /// @param total what the node has
  /// @param gpus which GPUs these are
  public ResourceLedger(ResourceSet total, GpuDevices gpus) {
    if (total.gpu() != gpus.count() * (long) Protocol.RESOURCE_UNIT) {
      throw new IllegalArgumentException(
          "resources: " + total + " (expected: as many GPUs as in " + gpus + ")");
    }
    this.total = total;
    this.gpus = gpus;
    cpuFree = total.cpu();
    gpuFree = new long[gpus.count()];
    Arrays.fill(gpuFree, Protocol.RESOURCE_UNIT);
    customFree.putAll(total.custom());
  }

  /// What the node has.
  ///
  /// @return everything, free or not
  public ResourceSet total() {
    return total;
  }

  /// The CPUs that are free.
  ///
  /// @return units; negative while overdrawn
  public long cpuFree() {
    return cpuFree;
  }

  /// Takes resources, all or none.
  ///
  /// @param request how much
  /// @return what was taken, or null if it does not fit now
  public @Nullable Grant take(ResourceSet request) {
    // A request without CPUs fits even while CPUs are overdrawn.
    if (request.cpu() > 0 && request.cpu() > cpuFree) {
      return null;
    }
    for (Map.Entry<String, Long> entry : request.custom().entrySet()) {
      if (entry.getValue() > customFree.getOrDefault(entry.getKey(), 0L)) {
        return null;
      }
    }
    int[] taken = request.gpu() == 0 ? NO_GPUS : takeGpus(request.gpu());
    if (taken == null) {
      return null;
    }
    cpuFree -= request.cpu();
    request.custom().forEach((name, units) -> customFree.merge(name, -units, Long::sum));
    return taken.length == 0
        ? new Grant(request, NO_GPUS, "")
        : new Grant(request, gpus.numbers(taken), gpus.visible(taken));
  }

  private int @Nullable [] takeGpus(long units) {
    if (units < Protocol.RESOURCE_UNIT) {
      int best = -1;
      for (int i = 0; i < gpuFree.length; i++) {
        if (gpuFree[i] >= units && (best < 0 || gpuFree[i] < gpuFree[best])) {
          best = i;
        }
      }
      if (best < 0) {
        return null;
      }
      gpuFree[best] -= units;
      return new int[] {best};
    }
    int wanted = (int) (units / Protocol.RESOURCE_UNIT);
    int[] found = new int[wanted];
    int count = 0;
    for (int i = 0; i < gpuFree.length && count < wanted; i++) {
      if (gpuFree[i] == Protocol.RESOURCE_UNIT) {
        found[count] = i;
        count++;
      }
    }
    if (count < wanted) {
      return null;
    }
    for (int gpu : found) {
      gpuFree[gpu] = 0;
    }
    return found;
  }

  /// Whether a request would fit if only some grants were held.
  ///
  /// @param held these
  /// @param request how much
  /// @return whether there is as much besides
  boolean coversBeside(List<Grant> held, ResourceSet request) {
    long cpu = total.cpu();
    long gpu = total.gpu();
    Map<String, Long> custom = new HashMap<>(total.custom());
    for (Grant grant : held) {
      cpu -= grant.resources().cpu();
      gpu -= grant.resources().gpu();
      grant.resources().custom().forEach((name, units) -> custom.merge(name, -units, Long::sum));
    }
    custom.values().removeIf(units -> units < 0);
    return new ResourceSet(Math.max(0, cpu), Math.max(0, gpu), custom).covers(request);
  }

  /// Gives back all of a grant.
  ///
  /// @param grant what {@link #take} gave
  public void giveBack(Grant grant) {
    ResourceSet resources = grant.resources();
    cpuFree += resources.cpu();
    resources.custom().forEach((name, units) -> customFree.merge(name, units, Long::sum));
    long each = Math.min(resources.gpu(), Protocol.RESOURCE_UNIT);
    for (int gpu : grant.gpuIds()) {
      gpuFree[gpus.indexOf(gpu)] += each;
    }
  }

  /// Gives back the CPUs of a grant whose task blocks. It keeps its GPUs: what it has there cannot
  /// be moved out of the way.
  ///
  /// @param grant what the task holds
  public void lendCpu(Grant grant) {
    cpuFree += grant.resources().cpu();
  }

  /// Takes back the CPUs of a grant whose task goes on, if need be by overdrawing.
  ///
  /// @param grant what the task holds
  public void reclaimCpu(Grant grant) {
    cpuFree -= grant.resources().cpu();
  }
}
