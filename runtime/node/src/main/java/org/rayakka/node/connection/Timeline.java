package org.rayakka.node.connection;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.TaskId;
import org.rayakka.protocol.sbe.TaskOutcome;
import org.rayakka.protocol.sbe.TasksFinishedDecoder;

/// When and where the newest tasks ran, kept in one array of numbers, oldest first, which is
/// overwritten from its beginning when it is full: a task costs eight writes. Belongs to the event
/// loop's thread.
final class Timeline {
  /// How many tasks are kept: 6 MB when full.
  static final int TASKS = 100_000;

  /// How many functions are known by name.
  private static final int FUNCTIONS = 10_000;

  private static final int INITIAL_TASKS = 1_000;
  private static final int WORDS =
      8; // task (2), function (2), start, duration, pid, lane | outcome

  private final Map<FunctionId, String> names =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<FunctionId, String> eldest) {
          return size() > FUNCTIONS;
        }
      };
  private long[] ring = new long[INITIAL_TASKS * WORDS];
  private long ended;

  /// A function is known by this name from now on.
  void named(FunctionId function, String name) {
    names.put(function, name);
  }

  /// A task has ended in a worker.
  void add(long pid, TasksFinishedDecoder.TasksDecoder task) {
    int at = (int) (ended % TASKS) * WORDS;
    if (at == ring.length) {
      ring = Arrays.copyOf(ring, Math.min(2 * ring.length, TASKS * WORDS));
    }
    ended++;
    ring[at] = task.taskId().high();
    ring[at + 1] = task.taskId().low();
    ring[at + 2] = task.functionId().high();
    ring[at + 3] = task.functionId().low();
    ring[at + 4] = task.startMicros();
    ring[at + 5] = task.durationNanos();
    ring[at + 6] = pid;
    ring[at + 7] = ((long) task.lane() << 8) | task.outcomeRaw();
  }

  /// The newest of them in the trace format of Chrome: an array of complete events.
  Table.Listed events(int limit) {
    long first = Math.max(0, ended - Math.min(limit, TASKS));
    StringJoiner events = new StringJoiner(",\n ", "[", "]");
    for (long i = first; i < ended; i++) {
      events.add(event((int) (i % TASKS) * WORDS));
    }
    return new Table.Listed(first > 0, events.toString());
  }

  private String event(int at) {
    FunctionId function = new FunctionId(ring[at + 2], ring[at + 3]);
    String name = names.getOrDefault(function, function.hex());
    return "{\"name\":"
        + Json.of(name)
        + ",\"cat\":\"task\",\"ph\":\"X\",\"ts\":"
        + ring[at + 4]
        + ",\"dur\":"
        + ring[at + 5] / 1000.0
        + ",\"pid\":"
        + ring[at + 6]
        + ",\"tid\":"
        + (ring[at + 7] >> 8)
        + ",\"args\":{\"taskId\":\""
        + new TaskId(ring[at], ring[at + 1]).hex()
        + "\",\"outcome\":\""
        + TaskOutcome.get((short) (ring[at + 7] & 0xFF))
        + "\"}}";
  }
}
