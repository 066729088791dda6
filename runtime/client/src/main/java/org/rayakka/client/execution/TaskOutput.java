package org.rayakka.client.execution;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.MutableDirectBuffer;
import org.rayakka.api.exception.RayException;
import org.rayakka.client.submission.NodeConnection;
import org.rayakka.client.submission.TaskContext;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.OutputFlushedEncoder;
import org.rayakka.protocol.sbe.TaskOutputEncoder;

/// What the code in this process prints, on its way to the screen of its driver. The process's log
/// files hold it besides, as they hold what native code prints.
///
/// Lines gather for some milliseconds, so that a task which prints much costs the node little; a
/// thread that sleeps while nobody prints sends them.
final class TaskOutput {
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final int FRAME_BYTES = 64 * 1024;
  private static final int FRAME_PIECES = 1_000;

  private final NodeConnection connection;
  private final PrintedLines printed = new PrintedLines();
  private final LineStream out;
  private final LineStream error;
  private final ReentrantLock sending = new ReentrantLock();
  private final Thread sender =
      Thread.ofPlatform().name("ray-output").daemon().unstarted(this::sendAsPrinted);
  private volatile boolean started;

  /// An output that nothing is printed to yet.
  ///
  /// @param connection to the node
  /// @param outFile takes standard output besides
  /// @param errorFile takes standard error besides
  TaskOutput(NodeConnection connection, OutputStream outFile, OutputStream errorFile) {
    this.connection = connection;
    out = new LineStream(outFile, (bytes, at, length) -> add(false, bytes, at, length));
    error = new LineStream(errorFile, (bytes, at, length) -> add(true, bytes, at, length));
  }

  /// The output of this process: from now on what it prints goes this way.
  static TaskOutput ofProcess(NodeConnection connection) {
    TaskOutput output =
        new TaskOutput(
            connection,
            new FileOutputStream(FileDescriptor.out),
            new FileOutputStream(FileDescriptor.err));
    System.setOut(output.standardOut());
    System.setErr(output.standardError());
    // A task may end the process.
    Runtime.getRuntime().addShutdownHook(new Thread(output::close, "ray-output-end"));
    return output;
  }

  PrintStream standardOut() {
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  PrintStream standardError() {
    return new PrintStream(error, true, StandardCharsets.UTF_8);
  }

  private void add(boolean isError, byte[] bytes, int offset, int length) {
    TaskContext context = TaskContext.current();
    printed.add(isError, context == null ? "" : context.label(), bytes, offset, length);
    if (!started) {
      startOnce();
    }
  }

  private synchronized void startOnce() {
    if (!started) {
      started = true;
      sender.start();
    }
  }

  private void sendAsPrinted() {
    try {
      while (connection.isOpen()) {
        printed.await();
        out.finishOfEndedThreads();
        error.finishOfEndedThreads();
        send();
        LockSupport.parkNanos(this, GATHER_NANOS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The calling thread's task has ended, and with it the line that it may have begun.
  void taskEnded() {
    out.finish();
    error.finish();
  }

  /// Sends what was printed so far, and tells the node so.
  void flush() {
    out.finishOfEndedThreads();
    error.finishOfEndedThreads();
    send();
    connection.gather((buffer, offset) -> {
      new OutputFlushedEncoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder());
      return MessageHeaderEncoder.ENCODED_LENGTH + OutputFlushedEncoder.BLOCK_LENGTH;
    });
    connection.flush();
  }

  /// Sends what was printed so far, half lines too: the process ends.
  void close() {
    out.finishAll();
    error.finishAll();
    send();
  }

  private void send() {
    sending.lock();
    try {
      PrintedLines.Batch batch = printed.take();
      if (!batch.isEmpty()) {
        append(batch);
        connection.flush();
      }
    } catch (RayException e) {
      // The connection is lost, of which others tell. The files have it all.
      printed.take();
    } finally {
      sending.unlock();
    }
  }

  private void append(PrintedLines.Batch batch) {
    List<PrintedLines.Piece> pieces = batch.pieces();
    int from = 0;
    do {
      int to = from;
      int bytes = 0;
      while (to < pieces.size() && to - from < FRAME_PIECES && bytes < FRAME_BYTES) {
        bytes += pieces.get(to).length();
        to++;
      }
      List<PrintedLines.Piece> some = pieces.subList(from, to);
      long leftOut = to == pieces.size() ? batch.leftOut() : 0;
      connection.gather((buffer, offset) -> encode(some, leftOut, buffer, offset));
      from = to;
    } while (from < pieces.size());
  }

  private static int encode(
      List<PrintedLines.Piece> pieces, long leftOut, MutableDirectBuffer buffer, int offset) {
    TaskOutputEncoder frame =
        new TaskOutputEncoder()
            .wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder())
            .pid(ProcessHandle.current().pid())
            .leftOut(leftOut);
    TaskOutputEncoder.PiecesEncoder group = frame.piecesCount(pieces.size());
    for (PrintedLines.Piece piece : pieces) {
      byte[] label = piece.label().getBytes(StandardCharsets.UTF_8);
      group
          .next()
          .isError((short) (piece.isError() ? 1 : 0))
          .putLabel(label, 0, label.length)
          .putText(piece.text(), 0, piece.length());
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + frame.encodedLength();
  }
}
