package org.rayakka.node.object;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.rayakka.api.id.ObjectId;

/// Objects that somebody asks for, and of which nothing is known: for how long that may be so. The
/// message that makes one known may be under way on another socket. Belongs to the object manager.
final class UnknownObjects {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Map<ObjectId, Long> deadlines = new HashMap<>();

  boolean isEmpty() {
    return deadlines.isEmpty();
  }

  boolean contains(ObjectId id) {
    return deadlines.containsKey(id);
  }

  /// Somebody asks for an object.
  ///
  /// @param id which
  /// @param nowNanos the time
  /// @return whether nobody has before
  boolean add(ObjectId id, long nowNanos) {
    return deadlines.putIfAbsent(id, nowNanos + GRACE.toNanos()) == null;
  }

  /// Something is known of an object.
  void remove(ObjectId id) {
    deadlines.remove(id);
  }

  /// Forgets those that are here now, and those whose time is over.
  ///
  /// @param isHere whether an object is
  /// @param nowNanos the time
  /// @return which they are
  List<ObjectId> takeSettled(Predicate<ObjectId> isHere, long nowNanos) {
    List<ObjectId> settled = new ArrayList<>();
    Iterator<Map.Entry<ObjectId, Long>> entries = deadlines.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<ObjectId, Long> entry = entries.next();
      if (isHere.test(entry.getKey()) || nowNanos - entry.getValue() > 0) {
        settled.add(entry.getKey());
        entries.remove();
      }
    }
    return settled;
  }
}
