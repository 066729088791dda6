package org.rayakka.node.control.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.TaskRow;
import org.rayakka.node.control.TaskState;

/// How a task looks in Redis: a line of fixed length for people, `STATE|node|attempt|job` and
/// `|size` of its first result where the node has that, filled up with spaces; behind it the
/// encoded specification. The line is written over in place when only it changes.
///
/// One key for both, because the server's time for a small task is looking for keys.
///
/// @param state how far it is
/// @param node where
/// @param attempt how often it was started before
/// @param job its job
/// @param size bytes of its first return value, if the node holds it; else -1
record TaskText(TaskState state, NodeId node, int attempt, JobId job, long size) {
  /// Of the line with its end: 3 more than the longest takes.
  static final int LINE_BYTES = 100;

  private static final int PARTS_WITH_SIZE = 5;

  static byte[] write(
      TaskState state, NodeId node, int attempt, JobId job, long size, byte[] spec) {
    byte[] text = new byte[LINE_BYTES + spec.length];
    int at = put(text, 0, Batch.text(state.name()));
    text[at++] = '|';
    at = Keys.put(text, at, node.high());
    at = Keys.put(text, at, node.low());
    text[at++] = '|';
    at = put(text, at, Batch.text(attempt));
    text[at++] = '|';
    at = Keys.put(text, at, job.value());
    if (size >= 0) {
      text[at++] = '|';
      at = put(text, at, Batch.text(size));
    }
    Arrays.fill(text, at, LINE_BYTES - 1, (byte) ' ');
    text[LINE_BYTES - 1] = '\n';
    System.arraycopy(spec, 0, text, LINE_BYTES, spec.length);
    return text;
  }

  private static int put(byte[] text, int at, byte[] word) {
    System.arraycopy(word, 0, text, at, word.length);
    return at + word.length;
  }

  /// Reads the line.
  ///
  /// @param line empty: there is no such task
  static @Nullable TaskText read(String line) {
    return line.isEmpty() ? null : parse(line);
  }

  private static TaskText parse(String line) {
    String[] parts = line.strip().split("\\|", -1);
    return new TaskText(
        TaskState.valueOf(parts[0]),
        NodeId.parse(parts[1]),
        Integer.parseInt(parts[2]),
        JobId.parse(parts[3]),
        parts.length < PARTS_WITH_SIZE ? -1 : Long.parseLong(parts[4]));
  }

  /// Reads the whole.
  static TaskRow row(TaskId id, byte[] row) {
    TaskText text = parse(new String(row, 0, LINE_BYTES, StandardCharsets.US_ASCII));
    return new TaskRow(
        id,
        text.job(),
        text.state(),
        text.node(),
        text.attempt(),
        Arrays.copyOfRange(row, LINE_BYTES, row.length));
  }
}
