package org.rayakka.client.value;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which values travel inside a task whatever the rule of size: numbers, booleans, null, strings,
/// byte arrays, and collections and maps of those.
final class SimpleValues {
  /// Fewer entries than this in each collection.
  static final int ENTRY_LIMIT = 100;

  /// Fewer elements and characters than this in all.
  static final int TOTAL_LIMIT = 1_000;

  private int total;

  private SimpleValues() {}

  static boolean isSimple(@Nullable Object value) {
    return new SimpleValues().count(value);
  }

  /// Ends on cycles too: each visit counts.
  private boolean count(@Nullable Object value) {
    total++;
    switch (value) {
      case null -> {}
      case Boolean _, Character _, Byte _, Short _, Integer _, Long _, Float _, Double _ -> {}
      case String text -> total += text.length();
      case byte[] bytes -> total += Math.min(bytes.length, TOTAL_LIMIT);
      case Optional<?> optional -> {
        return count(optional.orElse(null));
      }
      case Collection<?> collection when isOfJdk(collection) -> {
        return countAll(collection);
      }
      case Map<?, ?> map when isOfJdk(map) -> {
        return countAll(map.keySet()) && countAll(map.values());
      }
      default -> {
        return false;
      }
    }
    return total < TOTAL_LIMIT;
  }

  private boolean countAll(Collection<?> collection) {
    if (collection.size() >= ENTRY_LIMIT) {
      return false;
    }
    for (Object element : collection) {
      if (total >= TOTAL_LIMIT || !count(element)) {
        return false;
      }
    }
    return true;
  }

  /// A user's own collection may compute its elements, or carry more than them.
  private static boolean isOfJdk(Object collection) {
    return collection.getClass().getClassLoader() == null;
  }
}
