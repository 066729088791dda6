package org.rayakka.node.scheduling.local;

import java.util.LinkedHashMap;
import java.util.Map;
import org.rayakka.api.id.FunctionId;

/// How many tasks to queue in a lane ahead of its running one. Enough that a worker never waits for
/// the next message; no more, because what is queued in one lane cannot run in another.
///
/// A lane takes another task while what it has is expected to take less than {@link #AHEAD_NS}.
/// What to expect is learnt per function as a moving average that rises at once and falls slowly,
/// so that one long task ends deep queues. A function not seen before is expected to take long.
final class LaneDepthPolicy {
  /// A round trip to a worker and back takes some tens of microseconds; this covers a bad one.
  static final long AHEAD_NS = 400_000;

  /// A bound on the memory of a lane's queue, reached by tasks that take almost no time.
  static final int MAX_DEPTH = 256;

  private static final long UNKNOWN_NS = 1_000_000;
  private static final int FUNCTIONS = 4096;
  private static final int FALL = 8;

  private final Map<FunctionId, Long> durations =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<FunctionId, Long> eldest) {
          return size() > FUNCTIONS;
        }
      };

  /// How long a task of a function is expected to run.
  long expectedNs(FunctionId function) {
    return durations.getOrDefault(function, UNKNOWN_NS);
  }

  /// Learns from a task that has run.
  void observe(FunctionId function, long durationNs) {
    Long before = durations.get(function);
    if (before == null) {
      durations.put(function, durationNs);
    } else {
      long change = durationNs - before;
      // Rise by half: a lone hiccup is not the rule, a second long task in a row nearly is.
      durations.put(function, before + (change > 0 ? change / 2 : change / FALL));
    }
  }

  /// Whether a lane that has so many tasks, expected to take so long, takes one more.
  boolean takesMore(int queued, long expectedNs) {
    return queued == 0 || (queued < MAX_DEPTH && expectedNs < AHEAD_NS);
  }
}
