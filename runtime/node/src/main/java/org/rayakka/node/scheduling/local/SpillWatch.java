package org.rayakka.node.scheduling.local;

import java.util.HashMap;
import java.util.Map;

/// Counts, while tasks wait for room, how many of each kind have ended, for {@link SpillPolicy}.
/// Belongs to the local scheduler.
final class SpillWatch {
  private final Map<SchedulingClass, Integer> ended = new HashMap<>();
  private boolean running;
  private long startedNs;

  /// Begins to count, unless it does already.
  ///
  /// @return whether it has begun: {@link #stop} is due after {@link SpillPolicy#INTERVAL_NS}
  boolean start() {
    if (running) {
      return false;
    }
    running = true;
    startedNs = System.nanoTime();
    ended.clear();
    return true;
  }

  /// A task has ended.
  void ended(SchedulingClass schedulingClass) {
    if (running) {
      ended.merge(schedulingClass, 1, Integer::sum);
    }
  }

  /// Ends the count.
  ///
  /// @return for how many nanoseconds it went on
  long stop() {
    running = false;
    return System.nanoTime() - startedNs;
  }

  /// Of the tasks of a kind that wait, how many shall go if there is a place for them.
  ///
  /// @param waiting how many wait
  /// @param sinceNs for how long was counted
  int excess(SchedulingClass schedulingClass, int waiting, long sinceNs) {
    return SpillPolicy.excess(waiting, ended.getOrDefault(schedulingClass, 0), sinceNs);
  }
}
