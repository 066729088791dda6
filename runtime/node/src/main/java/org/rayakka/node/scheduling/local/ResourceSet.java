package org.rayakka.node.scheduling.local;

import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.rayakka.protocol.Protocol;
import org.rayakka.protocol.TaskSpec;

/// An amount of each resource, in units of {@link Protocol#RESOURCE_UNIT}.
///
/// @param cpu CPUs
/// @param gpu GPUs
/// @param custom any other resource, by name
public record ResourceSet(long cpu, long gpu, Map<String, Long> custom) {
  /// Nothing at all.
  public static final ResourceSet NONE = new ResourceSet(0, 0, Map.of());

  /// Copies its map.
  public ResourceSet {
    if (cpu < 0 || gpu < 0) {
      throw new IllegalArgumentException(
          "resources: CPU " + cpu + ", GPU " + gpu + " (expected: >= 0)");
    }
    custom = Map.copyOf(custom);
  }

  /// The amounts as users write them.
  ///
  /// @param cpus CPUs
  /// @param gpus GPUs
  /// @param custom any other resource, by name
  /// @return the set
  public static ResourceSet of(double cpus, double gpus, Map<String, Double> custom) {
    Map<String, Long> units = new TreeMap<>();
    custom.forEach((name, amount) -> units.put(name, Protocol.units(amount)));
    return new ResourceSet(Protocol.units(cpus), Protocol.units(gpus), units);
  }

  /// What a task holds while it runs.
  ///
  /// @param spec the task
  /// @return the set
  public static ResourceSet of(TaskSpec spec) {
    return new ResourceSet(spec.cpu(), spec.gpu(), spec.resources());
  }

  /// Whether a request fits into this.
  ///
  /// @param request what is asked for
  /// @return true if there is at least as much of each
  public boolean covers(ResourceSet request) {
    if (request.cpu > cpu || request.gpu > gpu) {
      return false;
    }
    for (Map.Entry<String, Long> entry : request.custom.entrySet()) {
      if (entry.getValue() > custom.getOrDefault(entry.getKey(), 0L)) {
        return false;
      }
    }
    return true;
  }

  /// The amounts as users read them, CPUs and GPUs included.
  ///
  /// @return amounts by name
  public Map<String, Double> amounts() {
    Map<String, Double> amounts = new TreeMap<>();
    amounts.put("CPU", Protocol.amount(cpu));
    amounts.put("GPU", Protocol.amount(gpu));
    custom.forEach((name, units) -> amounts.put(name, Protocol.amount(units)));
    return amounts;
  }

  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "{", "}");
    amounts()
        .forEach((name, amount) -> {
          if (amount != 0) {
            text.add(name + ": " + (amount == Math.rint(amount) ? (long) (double) amount : amount));
          }
        });
    return text.toString();
  }
}
