package org.rayakka.client.submission;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Decides which lines are shown: of one that comes again and again within a second, whichever
/// worker prints it, the first {@link #SHOWN}. The others are counted.
final class RepeatedLines {
  /// How often a line is shown within a second.
  static final int SHOWN = 5;

  /// How many different lines are watched at a time.
  static final int WATCHED = 1_000;

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// By when they were first printed.
  private final Map<Key, Seen> watched = new LinkedHashMap<>();

  private record Key(boolean isError, String label, String line) {}

  /// A line that was printed a moment ago.
  private static final class Seen {
    private final long since;
    private int times;
    private long lastPid;

    Seen(long since) {
      this.since = since;
    }
  }

  /// A line that was printed more often than it was shown.
  ///
  /// @param isError whether on standard error
  /// @param label whose it is
  /// @param pid of the worker that printed it last
  /// @param line the line
  /// @param more how often it was not shown
  record Folded(boolean isError, String label, long pid, String line, int more) {}

  /// Whether to show a line.
  boolean show(boolean isError, String label, long pid, String line, long nowNanos) {
    if (line.isBlank()) {
      return true;
    }
    Seen seen = watched.computeIfAbsent(new Key(isError, label, line), key -> new Seen(nowNanos));
    seen.times++;
    seen.lastPid = pid;
    return seen.times <= SHOWN;
  }

  /// Takes the lines whose second is over and that were not always shown. To be called with each
  /// line, and when {@link #nanosUntilDue} have passed.
  List<Folded> takeDue(long nowNanos) {
    return take(nowNanos, WATCHED);
  }

  /// Takes what has been folded, due or not.
  List<Folded> takeAll() {
    return take(0, 0);
  }

  private List<Folded> take(long nowNanos, int keep) {
    List<Folded> folded = new ArrayList<>(0);
    Iterator<Map.Entry<Key, Seen>> eldest = watched.entrySet().iterator();
    while (eldest.hasNext()) {
      Map.Entry<Key, Seen> entry = eldest.next();
      Seen seen = entry.getValue();
      if (watched.size() <= keep && nowNanos - seen.since < WINDOW_NANOS) {
        break;
      }
      eldest.remove();
      if (seen.times > SHOWN) {
        Key key = entry.getKey();
        folded.add(
            new Folded(key.isError(), key.label(), seen.lastPid, key.line(), seen.times - SHOWN));
      }
    }
    return folded;
  }

  /// How long until something is due; a second if nothing is.
  long nanosUntilDue(long nowNanos) {
    Iterator<Seen> eldest = watched.values().iterator();
    return eldest.hasNext() ? eldest.next().since + WINDOW_NANOS - nowNanos : WINDOW_NANOS;
  }

  /// Whether nothing is watched.
  boolean isEmpty() {
    return watched.isEmpty();
  }
}
