package org.rayakka.client.submission;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.protocol.OutputFrames;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.TaskOutputDecoder;

/// Shows a driver what its tasks print, each line with where it comes from. A thread of its own
/// does, which starts with the first line: a screen that somebody has stopped must not stop the
/// reading of what else the node sends.
final class OutputPrinter {
  /// What waits at most for a screen that is slower than the tasks; what comes on top is left out.
  static final int WAITING_BYTES = 16 * 1024 * 1024;

  private static final byte[] NO_FRAME = {};
  private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(2);

  private final Supplier<PrintStream> out;
  private final Supplier<PrintStream> error;
  private final String logs;
  private final Deque<byte[]> frames = new ArrayDeque<>(); // guarded by this
  private int waiting; // guarded by this
  private long leftOut; // guarded by this
  private boolean closing; // guarded by this
  private @Nullable Thread thread; // guarded by this

  // The printing thread's.
  private final RepeatedLines repeated = new RepeatedLines();
  private final StringBuilder text = new StringBuilder();
  private boolean textIsError;
  private long gap; // lines left out in front of the next frame

  /// A printer that has nothing to print yet.
  ///
  /// @param out standard output, asked for each time because programs replace it
  /// @param error standard error, likewise
  /// @param logs the folder that has everything
  OutputPrinter(Supplier<PrintStream> out, Supplier<PrintStream> error, String logs) {
    this.out = out;
    this.error = error;
    this.logs = logs;
  }

  /// Prints a frame soon. Called by the reading thread.
  synchronized void accept(DirectBuffer buffer, int offset, int length) {
    if (leftOut > 0 || waiting + length > WAITING_BYTES) {
      leftOut += OutputFrames.lines(buffer, offset);
      return;
    }
    byte[] frame = new byte[length];
    buffer.getBytes(offset, frame);
    frames.add(frame);
    waiting += length;
    if (thread == null) {
      thread = Thread.ofPlatform().name("ray-output").daemon().start(this::run);
    }
    notifyAll();
  }

  private void run() {
    try {
      byte[] frame = next();
      while (frame != null) {
        if (frame.length > 0) {
          print(new UnsafeBuffer(frame));
        }
        printFolded(System.nanoTime());
        if (gap > 0) {
          appendLeftOut("", gap);
          gap = 0;
        }
        printText();
        frame = next();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    repeated.takeAll().forEach(this::append);
    printText();
  }

  /// The next frame; an empty one when there is something to tell of what was not shown; null at
  /// the end.
  private synchronized byte @Nullable [] next() throws InterruptedException {
    while (true) {
      byte[] frame = frames.poll();
      if (frame != null) {
        waiting -= frame.length;
        return frame;
      }
      if (leftOut > 0) {
        gap = leftOut;
        leftOut = 0;
        return NO_FRAME;
      }
      if (closing) {
        return null;
      }
      if (repeated.isEmpty()) {
        wait();
      } else {
        long nanos = repeated.nanosUntilDue(System.nanoTime());
        if (nanos <= 0) {
          return NO_FRAME;
        }
        TimeUnit.NANOSECONDS.timedWait(this, nanos);
      }
    }
  }

  private void print(DirectBuffer buffer) {
    TaskOutputDecoder frame = new TaskOutputDecoder();
    frame.wrapAndApplyHeader(buffer, 0, new MessageHeaderDecoder());
    long pid = frame.pid();
    long now = System.nanoTime();
    for (TaskOutputDecoder.PiecesDecoder piece : frame.pieces()) {
      boolean isError = piece.isError() != 0;
      String label = NodeSession.text(piece.labelLength(), piece::getLabel);
      String lines = NodeSession.text(piece.textLength(), piece::getText);
      String prefix = prefix(label, pid);
      lines
          .lines()
          .forEach(line -> {
            if (repeated.show(isError, label, pid, line, now)) {
              append(isError, prefix, line);
            }
          });
    }
    if (frame.leftOut() > 0) {
      appendLeftOut(pid == 0 ? "" : prefix("", pid), frame.leftOut());
    }
  }

  private static String prefix(String label, long pid) {
    return label.isEmpty() ? "(pid=" + pid + ") " : "(" + label + " pid=" + pid + ") ";
  }

  private void printFolded(long nowNanos) {
    repeated.takeDue(nowNanos).forEach(this::append);
  }

  private void append(RepeatedLines.Folded folded) {
    append(
        folded.isError(),
        prefix(folded.label(), folded.pid()),
        folded.line() + " [repeated " + folded.more() + " more times]");
  }

  private void appendLeftOut(String prefix, long lines) {
    append(
        true,
        prefix,
        "["
            + lines
            + " lines left out: more than could be shown at this speed; they are in "
            + logs
            + "]");
  }

  /// Adds a line to what is printed in one go.
  private void append(boolean isError, String prefix, String line) {
    if (isError != textIsError) {
      printText();
      textIsError = isError;
    }
    text.append(prefix).append(line).append('\n');
  }

  private void printText() {
    if (!text.isEmpty()) {
      PrintStream stream = (textIsError ? error : out).get();
      // In one call, so that nothing that the program prints itself comes in between.
      stream.print(text);
      stream.flush();
      text.setLength(0);
    }
  }

  /// Prints what has come so far, and ends.
  void close() {
    Thread printing;
    synchronized (this) {
      closing = true;
      notifyAll();
      printing = thread;
    }
    if (printing != null) {
      try {
        printing.join(CLOSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
