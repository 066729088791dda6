package org.rayakka.api.options;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The checks that the options share. A message names the argument, its value and what would do.
final class Checks {
  private Checks() {}

  static int atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
    }
    return value;
  }

  static long atLeast(long least, String name, long value) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
    }
    return value;
  }

  static int atLeastOrMinusOne(int least, String name, int value, String minusOne) {
    if (value < least && value != -1) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: >= " + least + ", or -1 for " + minusOne + ")");
    }
    return value;
  }

  static String notBlank(String name, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(
          name + ": " + (value == null ? "null" : "'" + value + "'") + " (expected: a name)");
    }
    return value;
  }

  static <T> T notNull(String name, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException(name + ": null (expected: a value)");
    }
    return value;
  }

  static Duration positive(String name, @Nullable Duration value) {
    if (value == null || value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
    return value;
  }

  /// A quantity to ask for: any fraction up to one, whole above.
  static double quantity(String resource, @Nullable Double value) {
    if (value == null || !(value >= 0) || value.isInfinite()) {
      throw new IllegalArgumentException(
          "resource '" + resource + "': " + value + " (expected: a finite number >= 0)");
    }
    if (value > 1 && value != Math.rint(value)) {
      throw new IllegalArgumentException(
          "resource '" + resource + "': " + value + " (expected: a whole number when above 1)");
    }
    return value;
  }

  static Map<String, Double> quantities(Map<String, Double> resources) {
    if (resources.isEmpty()) {
      return Map.of();
    }
    Map<String, Double> copy = new LinkedHashMap<>();
    resources.forEach((name, value) -> copy.put(notBlank("resource", name), quantity(name, value)));
    return Collections.unmodifiableMap(copy);
  }

  /// What a node offers: as a quantity, or infinite.
  static Map<String, Double> capacities(Map<String, Double> resources) {
    Map<String, Double> copy = new LinkedHashMap<>();
    resources.forEach((name, value) -> {
      notBlank("resource", name);
      if (name.equals(CallOptions.CPU) || name.equals(CallOptions.GPU)) {
        throw new IllegalArgumentException(
            "resource '"
                + name
                + "': "
                + value
                + " (expected: "
                + (name.equals(CallOptions.CPU) ? "numCpus" : "numGpus")
                + " instead)");
      }
      boolean unlimited = value != null && value == Double.POSITIVE_INFINITY;
      copy.put(name, unlimited ? value : quantity(name, value));
    });
    return Collections.unmodifiableMap(copy);
  }

  static void address(String name, @Nullable String given) {
    String value = notBlank(name, given);
    if (value.equals(InitOptions.AUTO)) {
      return;
    }
    int colon = value.lastIndexOf(':');
    if (colon > 0 && isPort(value.substring(colon + 1))) {
      return;
    }
    throw new IllegalArgumentException(
        name + ": '" + value + "' (expected: host:port, or " + InitOptions.AUTO + ")");
  }

  private static boolean isPort(String text) {
    return text.matches("[0-9]{1,5}")
        && Integer.parseInt(text) >= 1
        && Integer.parseInt(text) <= 65_535;
  }

  static List<String> words(String name, List<String> words) {
    for (String word : words) {
      notBlank(name, word);
    }
    return List.copyOf(words);
  }
}
