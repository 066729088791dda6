package org.rayakka.api.options;

import java.util.LinkedHashMap;
import java.util.Map;

/// Quantities by resource, while they are being collected. Allocates nothing until one is set.
final class ResourceSet {
  private Map<String, Double> quantities;
  private boolean owned;

  ResourceSet(Map<String, Double> initial) {
    quantities = initial;
  }

  void put(String resource, Double quantity) {
    Checks.notBlank("resource", resource);
    Checks.quantity(resource, quantity);
    if (!owned) {
      quantities = new LinkedHashMap<>(quantities);
      owned = true;
    }
    quantities.put(resource, quantity);
  }

  void putAll(Map<String, Double> more) {
    Checks.quantities(more).forEach(this::put);
  }

  Map<String, Double> quantities() {
    return quantities;
  }
}
