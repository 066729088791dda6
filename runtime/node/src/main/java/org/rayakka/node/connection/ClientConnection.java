package org.rayakka.node.connection;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.rayakka.api.id.FunctionId;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.control.ErrorRow;
import org.rayakka.node.error.ErrorReports.DriverChannel;
import org.rayakka.node.loop.EventLoop;
import org.rayakka.node.object.StoreReaders;
import org.rayakka.node.output.OutputRelay;
import org.rayakka.node.worker.WorkerChannel;
import org.rayakka.protocol.FrameBuffer;
import org.rayakka.protocol.FrameReader;
import org.rayakka.protocol.OutputFrames;
import org.rayakka.protocol.TaskSpec;
import org.rayakka.protocol.sbe.CancelTaskEncoder;
import org.rayakka.protocol.sbe.CloseLaneEncoder;
import org.rayakka.protocol.sbe.CollectGarbageEncoder;
import org.rayakka.protocol.sbe.ErrorPublishedEncoder;
import org.rayakka.protocol.sbe.ExecuteTaskEncoder;
import org.rayakka.protocol.sbe.ExportFunctionEncoder;
import org.rayakka.protocol.sbe.FlushOutputEncoder;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.RecallTasksEncoder;
import org.rayakka.protocol.sbe.RefusedEncoder;
import org.rayakka.protocol.sbe.ReplyEncoder;
import org.rayakka.protocol.sbe.StopWorkerEncoder;
import org.rayakka.protocol.sbe.TaskOutputEncoder;
import org.rayakka.protocol.sbe.WelcomeEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's socket. What is sent gathers until the end of the event loop's turn and leaves in
/// one write; what the socket does not take is kept until it does. Belongs to the event loop's
/// thread.
final class ClientConnection
    implements WorkerChannel,
        DriverChannel,
        OutputRelay.Screen,
        OutputRelay.Printer,
        StoreReaders.Reader,
        EventLoop.Flushable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);
  private static final int INITIAL_BYTES = 64 * 1024;

  /// A client that lets so much pile up does not read any more, and is cut off.
  private static final int MAX_WAITING_BYTES = 1 << 30;

  /// A driver that lets so much pile up is shown no more of what its tasks print until it reads.
  private static final int MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

  private final EventLoop loop;
  private final SocketChannel channel;
  private final FrameReader reader = new FrameReader();
  private final FrameBuffer out = new FrameBuffer(INITIAL_BYTES);
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final ExecuteTaskEncoder executeTask = new ExecuteTaskEncoder();
  private final byte[] gpuBytes = new byte[1024];
  private final SelectionKey key;
  private final ClientSession session;
  private long linesLeftOut;
  private boolean flushing;
  private boolean closed;

  ClientConnection(EventLoop loop, SocketChannel channel, ClientSession.Parts peers)
      throws IOException {
    this.loop = loop;
    this.channel = channel;
    session = new ClientSession(this, peers);
    key = loop.register(channel, SelectionKey.OP_READ, this::onReady);
  }

  private void onReady(SelectionKey ready) {
    if (!ready.isValid()) {
      return;
    }
    if (ready.isWritable()) {
      flush();
    }
    if (!closed && ready.isValid() && ready.isReadable()) {
      read();
    }
  }

  private void read() {
    try {
      reader.read(channel, this::onFrame);
      session.endOfBatch();
    } catch (IOException | RuntimeException e) {
      session.endOfBatch();
      close(String.valueOf(e.getMessage()));
    }
  }

  private void onFrame(MessageHeaderDecoder frame, DirectBuffer buffer, int offset, int length)
      throws IOException {
    session.onFrame(frame, buffer, offset, length);
  }

  /// Stops reading, so that the client's sends block, or starts again.
  void pauseReading(boolean pause) {
    if (key.isValid()) {
      int operations = key.interestOps();
      key.interestOps(
          pause ? operations & ~SelectionKey.OP_READ : operations | SelectionKey.OP_READ);
    }
  }

  /// Closes the socket, once.
  void close(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    LOG.debug("closing {}: {}", session, reason);
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("closing a client's socket failed", e);
    }
    session.closed(reason);
  }

  @Override
  public void flush() {
    flushing = false;
    if (closed || out.length() == 0) {
      return;
    }
    try {
      int written = channel.write(out.bytes());
      if (written == out.length()) {
        out.clear();
        tellLinesLeftOut();
        key.interestOpsAnd(~SelectionKey.OP_WRITE);
        return;
      }
      out.discard(written);
      if (out.length() > MAX_WAITING_BYTES) {
        close(out.length() + " bytes wait for a client that does not read");
        return;
      }
      key.interestOpsOr(SelectionKey.OP_WRITE);
    } catch (IOException e) {
      close(String.valueOf(e.getMessage()));
    }
  }

  private void send(int encodedLength) {
    out.end(encodedLength);
    flushLater();
  }

  private void flushLater() {
    if (!flushing) {
      flushing = true;
      loop.flushLater(this);
    }
  }

  private MutableDirectBuffer buffer() {
    return out.buffer();
  }

  @Override
  public void execute(int lane, int attempt, int[] gpuIds, TaskSpec spec) {
    executeTask.wrapAndApplyHeader(buffer(), out.begin(), header).lane(lane).attempt(attempt);
    int gpuLength = 0;
    for (int gpu : gpuIds) {
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        gpuBytes[gpuLength++] = (byte) (gpu >>> shift);
      }
    }
    executeTask.putGpuIds(gpuBytes, 0, gpuLength);
    byte[] bytes = spec.bytes();
    executeTask.putSpec(bytes, 0, bytes.length);
    send(MessageHeaderEncoder.ENCODED_LENGTH + executeTask.encodedLength());
  }

  @Override
  public void recall(int lane, int count) {
    RecallTasksEncoder message = new RecallTasksEncoder();
    message.wrapAndApplyHeader(buffer(), out.begin(), header).lane(lane).count(count);
    send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
  }

  @Override
  public void closeLane(int lane) {
    CloseLaneEncoder message = new CloseLaneEncoder();
    message.wrapAndApplyHeader(buffer(), out.begin(), header).lane(lane);
    send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
  }

  @Override
  public void cancel(int lane, TaskId taskId, int timeoutMs) {
    CancelTaskEncoder message = new CancelTaskEncoder();
    message.wrapAndApplyHeader(buffer(), out.begin(), header).lane(lane).timeoutMs(timeoutMs);
    message.taskId().high(taskId.high()).low(taskId.low());
    send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
  }

  @Override
  public void export(FunctionId functionId, JobId jobId, byte[] descriptor) {
    ExportFunctionEncoder message = new ExportFunctionEncoder();
    message.wrapAndApplyHeader(buffer(), out.begin(), header).jobId(jobId.value());
    message.functionId().high(functionId.high()).low(functionId.low());
    message.putDescriptor(descriptor, 0, descriptor.length);
    send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
  }

  @Override
  public void stop() {
    StopWorkerEncoder message = new StopWorkerEncoder();
    message.wrapAndApplyHeader(buffer(), out.begin(), header);
    send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
  }

  /// Asks the client to let go of what it does not need. Called by any thread.
  @Override
  public void collectGarbage(boolean isUrgent) {
    loop.execute(() -> {
      if (!closed) {
        CollectGarbageEncoder message = new CollectGarbageEncoder();
        message.wrapAndApplyHeader(buffer(), out.begin(), header);
        message.urgent((short) (isUrgent ? 1 : 0));
        send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
      }
    });
  }

  /// Answers a request.
  ///
  /// @param correlationId the request's
  /// @param failed whether the payload is a message for a person
  /// @param payload the answer
  void reply(long correlationId, boolean failed, byte[] payload) {
    if (closed) {
      return;
    }
    ReplyEncoder message = new ReplyEncoder();
    message
        .wrapAndApplyHeader(buffer(), out.begin(), header)
        .correlationId(correlationId)
        .failed((short) (failed ? 1 : 0))
        .putPayload(payload, 0, payload.length);
    send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
  }

  void refuse(String reason) {
    RefusedEncoder message = new RefusedEncoder();
    message.wrapAndApplyHeader(buffer(), out.begin(), header);
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    message.putReason(text, 0, text.length);
    send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
    flush();
    close(reason);
  }

  /// Says welcome.
  ///
  /// @param fields fills in the message's fixed part, then its strings in order
  void welcome(Consumer<WelcomeEncoder> fields) {
    if (closed) {
      return;
    }
    WelcomeEncoder message = new WelcomeEncoder();
    message.wrapAndApplyHeader(buffer(), out.begin(), header);
    fields.accept(message);
    send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
  }

  @Override
  public void errorPublished(ErrorRow error) {
    if (closed) {
      return;
    }
    ErrorPublishedEncoder message = new ErrorPublishedEncoder();
    message
        .wrapAndApplyHeader(buffer(), out.begin(), header)
        .jobId(error.job().value())
        .timeMillis(error.timeMillis());
    message.taskId().high(error.task().high()).low(error.task().low());
    byte[] type = error.type().getBytes(StandardCharsets.UTF_8);
    byte[] function = error.function().getBytes(StandardCharsets.UTF_8);
    byte[] text = error.message().getBytes(StandardCharsets.UTF_8);
    message
        .putErrorType(type, 0, type.length)
        .putFunctionName(function, 0, function.length)
        .putMessage(text, 0, text.length);
    send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
  }

  @Override
  public void show(DirectBuffer buffer, int offset, int length) {
    if (closed) {
      return;
    }
    // What follows a gap is left out too: the gap is told behind what was kept.
    if (linesLeftOut > 0 || out.length() > MAX_OUTPUT_BYTES) {
      linesLeftOut += OutputFrames.lines(buffer, offset);
      return;
    }
    out.append(buffer, offset, length);
    flushLater();
  }

  private void tellLinesLeftOut() {
    if (linesLeftOut > 0) {
      TaskOutputEncoder message = new TaskOutputEncoder();
      message
          .wrapAndApplyHeader(buffer(), out.begin(), header)
          .pid(0)
          .leftOut(linesLeftOut)
          .piecesCount(0);
      linesLeftOut = 0;
      send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
    }
  }

  @Override
  public void flushOutput() {
    FlushOutputEncoder message = new FlushOutputEncoder();
    message.wrapAndApplyHeader(buffer(), out.begin(), header);
    send(MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength());
  }

  /// Runs something on the event loop, from any thread.
  void later(Runnable task) {
    loop.execute(task);
  }

  boolean isClosed() {
    return closed;
  }
}
