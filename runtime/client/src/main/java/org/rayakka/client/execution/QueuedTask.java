package org.rayakka.client.execution;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.TaskId;
import org.rayakka.protocol.sbe.TaskKind;

/// A task that the node has given to this worker.
final class QueuedTask {
  private final Lane lane;
  private final TaskId id;
  private final FunctionId function;
  private final TaskKind kind;
  private final int attempt;
  private final long[] gpuIds;
  private final byte[] spec;
  private @Nullable Thread runner; // guarded by the lane
  private volatile boolean cancelled;
  private volatile int timeoutMs = -1;

  QueuedTask(
      Lane lane,
      TaskId id,
      FunctionId function,
      TaskKind kind,
      int attempt,
      long[] gpuIds,
      byte[] spec) {
    this.lane = lane;
    this.id = id;
    this.function = function;
    this.kind = kind;
    this.attempt = attempt;
    this.gpuIds = gpuIds;
    this.spec = spec;
  }

  Lane lane() {
    return lane;
  }

  TaskId id() {
    return id;
  }

  /// What it runs.
  FunctionId function() {
    return function;
  }

  TaskKind kind() {
    return kind;
  }

  /// How often it was tried before.
  int attempt() {
    return attempt;
  }

  long[] gpuIds() {
    return gpuIds;
  }

  /// A TaskSpec with its message header.
  byte[] spec() {
    return spec;
  }

  /// Its thread while it runs. For its lane.
  @Nullable Thread runner() {
    return runner;
  }

  void setRunner(@Nullable Thread thread) {
    runner = thread;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /// The timeout that cancelled it, or -1 if that was somebody.
  int timeoutMs() {
    return timeoutMs;
  }

  void cancel(int itsTimeoutMs) {
    timeoutMs = itsTimeoutMs;
    cancelled = true;
  }
}
