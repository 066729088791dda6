package org.rayakka.client.execution;

import java.util.Arrays;
import org.agrona.MutableDirectBuffer;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.TaskId;
import org.rayakka.client.submission.NodeConnection;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.TaskOutcome;
import org.rayakka.protocol.sbe.TasksFinishedEncoder;

/// Gathers the ends of tasks, so that a busy worker reports many at once. The outputs are sealed by
/// then: only the node waits for these reports.
final class FinishedReports {
  private static final int BATCH = 64;
  private static final long DELAY_NANOS = 200_000;
  private static final int WORDS = 7; // lane and outcome, id (2), start, duration, function (2)

  private final NodeConnection connection;
  private final MessageHeaderEncoder header = new MessageHeaderEncoder(); // guarded by this
  private final TasksFinishedEncoder frame = new TasksFinishedEncoder(); // guarded by this
  private long[] pending = new long[BATCH * WORDS]; // guarded by this
  private int count; // guarded by this
  private long since; // guarded by this: when the first was added

  FinishedReports(NodeConnection connection) {
    this.connection = connection;
  }

  /// Adds the end of a task.
  ///
  /// @return whether it is time to {@link #send}
  synchronized boolean add(
      int lane,
      TaskOutcome outcome,
      TaskId task,
      FunctionId function,
      long startMicros,
      long durationNanos,
      long nowNanos) {
    if (count == 0) {
      since = nowNanos;
    }
    int at = count * WORDS;
    if (at == pending.length) {
      pending = Arrays.copyOf(pending, 2 * at);
    }
    pending[at] = ((long) lane << 8) | outcome.value();
    pending[at + 1] = task.high();
    pending[at + 2] = task.low();
    pending[at + 3] = startMicros;
    pending[at + 4] = durationNanos;
    pending[at + 5] = function.high();
    pending[at + 6] = function.low();
    count++;
    return count >= BATCH || nowNanos - since >= DELAY_NANOS;
  }

  /// Appends what has gathered to the connection, which still has to be flushed.
  ///
  /// @return whether there was anything
  synchronized boolean send() {
    if (count == 0) {
      return false;
    }
    connection.gather(this::encode);
    count = 0;
    return true;
  }

  private int encode(MutableDirectBuffer buffer, int offset) {
    frame.wrapAndApplyHeader(buffer, offset, header);
    TasksFinishedEncoder.TasksEncoder tasks = frame.tasksCount(count);
    for (int i = 0; i < count; i++) {
      int at = i * WORDS;
      tasks
          .next()
          .lane((int) (pending[at] >> 8))
          .outcome(TaskOutcome.get((short) (pending[at] & 0xFF)))
          .startMicros(pending[at + 3])
          .durationNanos(pending[at + 4]);
      tasks.taskId().high(pending[at + 1]).low(pending[at + 2]);
      tasks.functionId().high(pending[at + 5]).low(pending[at + 6]);
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
  }
}
