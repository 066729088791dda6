package org.rayakka.node.scheduling.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Things to be looked at when their time has come, the earliest first. Times are those of {@link
/// System#nanoTime}.
///
/// @param <T> what kind of things
public final class Deadlines<T> {
  /// The time of the first when there is none.
  public static final long NEVER = Long.MAX_VALUE;

  private final TreeMap<Long, T> byTime = new TreeMap<>();

  /// Nothing yet.
  public Deadlines() {}

  /// Adds a thing.
  ///
  /// @param time when it is due
  /// @param thing what
  /// @return its place, for {@link #remove}: the time, or the next that nothing else has
  public long add(long time, T thing) {
    long place = time;
    while (byTime.putIfAbsent(place, thing) != null) {
      place++;
    }
    return place;
  }

  /// Takes a thing out that need not be looked at any more.
  ///
  /// @param place what {@link #add} returned
  public void remove(long place) {
    byTime.remove(place);
  }

  /// When the first is due.
  ///
  /// @return the time, or {@link #NEVER}
  public long first() {
    return byTime.isEmpty() ? NEVER : byTime.firstKey();
  }

  /// Takes out what is due.
  ///
  /// @param now the time
  /// @return the things, the earliest first
  public List<T> pollDue(long now) {
    List<T> due = new ArrayList<>();
    Map.Entry<Long, T> first = byTime.firstEntry();
    while (first != null && first.getKey() <= now) {
      byTime.pollFirstEntry();
      due.add(first.getValue());
      first = byTime.firstEntry();
    }
    return due;
  }

  /// Takes everything out.
  public void clear() {
    byTime.clear();
  }
}
