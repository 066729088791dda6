package org.rayakka.client.execution;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.TaskId;
import org.rayakka.api.runtime.RuntimeHolder;
import org.rayakka.client.submission.NodeConnection;
import org.rayakka.client.submission.NodeSession;
import org.rayakka.protocol.sbe.CancelTaskDecoder;
import org.rayakka.protocol.sbe.CloseLaneDecoder;
import org.rayakka.protocol.sbe.ExecuteTaskDecoder;
import org.rayakka.protocol.sbe.ExportFunctionDecoder;
import org.rayakka.protocol.sbe.FlushOutputDecoder;
import org.rayakka.protocol.sbe.LaneBlockedEncoder;
import org.rayakka.protocol.sbe.LaneUnblockedEncoder;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.RecallTasksDecoder;
import org.rayakka.protocol.sbe.StopWorkerDecoder;
import org.rayakka.protocol.sbe.TaskKind;
import org.rayakka.protocol.sbe.TaskOutcome;
import org.rayakka.protocol.sbe.TaskSpecDecoder;
import org.rayakka.protocol.sbe.TasksRecalledEncoder;

/// A worker process's life: it connects to its node, runs the tasks that the node sends, and ends
/// when the node says so or is gone.
///
/// Frames are taken in by whichever thread has the reading role (see {@link LaneThreads}); lanes
/// and flyweights below belong to that role.
public final class Worker implements LaneThreads.Source, LaneThreads.Runner, Lane.LaneEvents {
  private static final long[] NO_GPUS = {};
  private static final long EPOCH_MICROS =
      System.currentTimeMillis() * 1000 - System.nanoTime() / 1000;

  private final WorkerRuntime runtime;
  private final NodeConnection connection;
  private final FunctionTable functions;
  private final TaskExecutor executor;
  private final FinishedReports reports;
  private final LaneThreads threads;
  private final @Nullable TaskOutput output;
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();

  // The reading role's.
  private final Map<Integer, Lane> lanes = new HashMap<>();
  private final ExecuteTaskDecoder execute = new ExecuteTaskDecoder();
  private final TaskSpecDecoder spec = new TaskSpecDecoder();
  private final MessageHeaderDecoder specHeader = new MessageHeaderDecoder();
  private final List<Lane> needRunner = new ArrayList<>();

  /// Why a worker ended.
  public enum Ending {
    /// The node said so.
    STOPPED,
    /// The connection to the node was lost.
    NODE_GONE
  }

  private Worker(
      NodeSession session, ClassLoader loader, long startupToken, @Nullable TaskOutput output) {
    runtime = new WorkerRuntime(session, loader, startupToken);
    connection = session.connection();
    functions = new FunctionTable(loader);
    this.output = output;
    executor = new TaskExecutor(runtime, functions, loader, output);
    reports = new FinishedReports(connection);
    threads = new LaneThreads(this, this);
  }

  /// Runs this process as a worker until its end.
  ///
  /// @param session the session's folder
  /// @param startupToken the number that the node started this process with
  /// @param loader of the job's classes
  /// @return why it ended; after {@link Ending#NODE_GONE} the process should halt at once
  public static Ending run(Path session, long startupToken, ClassLoader loader) {
    NodeSession connected = open(session, startupToken);
    TaskOutput output =
        connected.welcome().sendsOutput() ? TaskOutput.ofProcess(connected.connection()) : null;
    Worker worker = new Worker(connected, loader, startupToken, output);
    RuntimeHolder.install(worker.runtime);
    return worker.start().join();
  }

  /// Connects a worker; nothing is read yet.
  static Worker connect(Path session, long startupToken, ClassLoader loader) {
    return new Worker(open(session, startupToken), loader, startupToken, null);
  }

  private static NodeSession open(Path session, long startupToken) {
    return NodeSession.open(session, NodeSession.Introduction.ofWorker(startupToken));
  }

  /// Begins to read and to run.
  ///
  /// @return completes with the worker's end
  CompletableFuture<Ending> start() {
    threads.start();
    return ending;
  }

  // ---------------------------------------------------------------- reading

  @Override
  public List<Lane> read() throws IOException {
    needRunner.clear();
    connection.read(this::onFrame, 0);
    return needRunner;
  }

  private void onFrame(MessageHeaderDecoder header, DirectBuffer buffer, int offset, int length) {
    int body = offset + header.encodedLength();
    switch (header.templateId()) {
      case ExecuteTaskDecoder.TEMPLATE_ID -> {
        execute.wrap(buffer, body, header.blockLength(), header.version());
        onExecuteTask(buffer);
      }
      case ExportFunctionDecoder.TEMPLATE_ID -> {
        ExportFunctionDecoder frame = new ExportFunctionDecoder();
        frame.wrap(buffer, body, header.blockLength(), header.version());
        FunctionId id = new FunctionId(frame.functionId().high(), frame.functionId().low());
        byte[] descriptor = new byte[frame.descriptorLength()];
        frame.getDescriptor(descriptor, 0, descriptor.length);
        functions.add(id, descriptor);
      }
      case RecallTasksDecoder.TEMPLATE_ID -> {
        RecallTasksDecoder frame = new RecallTasksDecoder();
        frame.wrap(buffer, body, header.blockLength(), header.version());
        Lane lane = lanes.get(frame.lane());
        sendRecalled(frame.lane(), lane == null ? List.of() : lane.recall(frame.count()));
      }
      case CancelTaskDecoder.TEMPLATE_ID -> {
        CancelTaskDecoder frame = new CancelTaskDecoder();
        frame.wrap(buffer, body, header.blockLength(), header.version());
        onCancelTask(
            frame.lane(),
            new TaskId(frame.taskId().high(), frame.taskId().low()),
            frame.timeoutMs());
      }
      case CloseLaneDecoder.TEMPLATE_ID -> {
        CloseLaneDecoder frame = new CloseLaneDecoder();
        frame.wrap(buffer, body, header.blockLength(), header.version());
        lanes.remove(frame.lane());
      }
      case FlushOutputDecoder.TEMPLATE_ID -> {
        if (output != null) {
          output.flush();
        }
      }
      case StopWorkerDecoder.TEMPLATE_ID -> {
        threads.stop();
        reports.send();
        if (output != null) {
          output.close();
        }
        ending.complete(Ending.STOPPED);
      }
      default -> {
        // From a newer node; it knows this worker's version and does not depend on it.
      }
    }
  }

  private void onExecuteTask(DirectBuffer buffer) {
    int laneId = execute.lane();
    int attempt = execute.attempt();
    long[] gpuIds = gpuIds(buffer);
    int length = execute.specLength();
    byte[] bytes = new byte[length];
    int at = execute.limit() + ExecuteTaskDecoder.specHeaderLength();
    execute.getSpec(bytes, 0, length);
    spec.wrapAndApplyHeader(buffer, at, specHeader);
    TaskId id = new TaskId(spec.taskId().high(), spec.taskId().low());
    FunctionId function = new FunctionId(spec.functionId().high(), spec.functionId().low());
    TaskKind kind = spec.kind();
    Lane lane = lanes.get(laneId);
    if (lane == null) {
      lane = new Lane(laneId, this);
      lanes.put(laneId, lane);
      if (kind != TaskKind.TASK) {
        lane.reserveForActor();
      }
    }
    switch (lane.add(new QueuedTask(lane, id, function, kind, attempt, gpuIds, bytes))) {
      case QUEUED -> {}
      case NEEDS_RUNNER -> needRunner.add(lane);
      case REFUSED -> sendRecalled(laneId, List.of(id));
    }
  }

  private long[] gpuIds(DirectBuffer buffer) {
    int count = execute.gpuIdsLength() / Integer.BYTES;
    int at = execute.limit() + ExecuteTaskDecoder.gpuIdsHeaderLength();
    execute.skipGpuIds();
    if (count == 0) {
      return NO_GPUS;
    }
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      ids[i] = buffer.getInt(at + i * Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
    }
    return ids;
  }

  private void onCancelTask(int laneId, TaskId taskId, int timeoutMs) {
    Lane lane = lanes.get(laneId);
    QueuedTask dropped = lane == null ? null : lane.cancel(taskId, timeoutMs);
    if (dropped != null) {
      executor.sealCancelled(dropped, TaskExecutor.numReturns(dropped));
      long now = System.nanoTime();
      reports.add(
          laneId, TaskOutcome.CANCELLED, taskId, dropped.function(), epochMicros(now), 0, now);
      reports.send();
      connection.flush();
    }
  }

  @Override
  public void ended(IOException cause) {
    connection.fail("the node of this worker is gone: " + cause.getMessage());
    ending.complete(Ending.NODE_GONE);
  }

  // ---------------------------------------------------------------- running

  @Override
  public void run(Lane lane) {
    try {
      QueuedTask task = lane.next();
      while (task != null) {
        long start = System.nanoTime();
        TaskOutcome outcome = executor.execute(task);
        long end = System.nanoTime();
        boolean due =
            reports.add(
                lane.id(),
                outcome,
                task.id(),
                task.function(),
                epochMicros(start),
                end - start,
                end);
        // After a creation that allows several calls at once, several may wait already.
        while (lane.wantsAnotherRunner()) {
          threads.assign(lane);
        }
        // What is behind it in the lane may take long, so the report waits for it only if the
        // watchdog looks after it.
        if (due || lane.isDry() || !threads.isWatched()) {
          sendReports();
        }
        task = lane.next();
      }
    } catch (RayException e) {
      // The connection is lost. Whoever reads finds out too, and ends this process.
      connection.fail(String.valueOf(e.getMessage()));
    }
  }

  private void sendReports() {
    if (reports.send()) {
      connection.flush();
    }
  }

  @Override
  public void tick() {
    try {
      sendReports();
    } catch (RayException e) {
      connection.fail(String.valueOf(e.getMessage()));
    }
  }

  /// A time of `System.nanoTime` since the epoch: finer than the clock, so that what one lane runs
  /// does not seem to overlap.
  private static long epochMicros(long nanoTime) {
    return EPOCH_MICROS + nanoTime / 1000;
  }

  @Override
  public void laneBlocked(Lane lane, List<TaskId> returned, boolean tell) {
    reports.send();
    if (tell) {
      connection.gather((buffer, offset) -> encodeBlocked(lane.id(), returned, buffer, offset));
    }
    connection.flush();
    threads.passReading();
  }

  private static int encodeBlocked(
      int lane, List<TaskId> returned, MutableDirectBuffer buffer, int offset) {
    LaneBlockedEncoder frame =
        new LaneBlockedEncoder()
            .wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder())
            .lane(lane);
    LaneBlockedEncoder.ReturnedEncoder group = frame.returnedCount(returned.size());
    for (TaskId id : returned) {
      group.next().taskId().high(id.high()).low(id.low());
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
  }

  @Override
  public void laneUnblocked(Lane lane) {
    connection.append((buffer, offset) -> {
      LaneUnblockedEncoder frame =
          new LaneUnblockedEncoder()
              .wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder())
              .lane(lane.id());
      return MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
    });
  }

  private void sendRecalled(int lane, List<TaskId> returned) {
    connection.gather((buffer, offset) -> {
      TasksRecalledEncoder frame =
          new TasksRecalledEncoder()
              .wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder())
              .lane(lane);
      TasksRecalledEncoder.ReturnedEncoder group = frame.returnedCount(returned.size());
      for (TaskId id : returned) {
        group.next().taskId().high(id.high()).low(id.low());
      }
      return MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
    });
    connection.flush();
  }
}
