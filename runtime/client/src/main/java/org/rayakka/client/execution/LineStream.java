package org.rayakka.client.execution;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A process's standard output or error: everything goes to its file at once, and besides that in
/// whole lines to a sink. What several threads print at a time is gathered for each of them, so
/// that no line is made of two halves.
final class LineStream extends OutputStream {
  /// A line without an end is cut after so much.
  static final int LINE_BYTES = 16 * 1024;

  /// So many unfinished lines are no reason to look for those whose threads have ended.
  private static final int UNFINISHED = 64;

  private final OutputStream file;
  private final Sink sink;
  private final Map<Thread, Unfinished> unfinished = new ConcurrentHashMap<>();

  /// Takes whole lines, on the thread that printed them.
  @FunctionalInterface
  interface Sink {
    /// Takes lines.
    ///
    /// @param bytes from offset on: lines, each with its newline
    void lines(byte[] bytes, int offset, int length);
  }

  LineStream(OutputStream file, Sink sink) {
    this.file = file;
    this.sink = sink;
  }

  /// The beginning of a line. Its thread's, but for the end of the thread or the process.
  private static final class Unfinished {
    private byte[] bytes = new byte[128];
    private int length;

    synchronized void append(byte[] source, int offset, int more) {
      if (length + more > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
      }
      System.arraycopy(source, offset, bytes, length, more);
      length += more;
    }

    synchronized boolean isLong() {
      return length >= LINE_BYTES;
    }

    synchronized void finish(Sink to) {
      if (length > 0) {
        if (bytes[length - 1] != '\n') {
          append(new byte[] {'\n'}, 0, 1);
        }
        to.lines(bytes, 0, length);
        length = 0;
      }
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    file.write(bytes, offset, length);
    int end = offset + length;
    int whole = end;
    while (whole > offset && bytes[whole - 1] != '\n') {
      whole--;
    }
    Thread thread = Thread.currentThread();
    Unfinished begun = unfinished.isEmpty() ? null : unfinished.get(thread);
    if (whole > offset) {
      if (begun == null) {
        sink.lines(bytes, offset, whole - offset);
      } else {
        begun.append(bytes, offset, whole - offset);
        begun.finish(sink);
        unfinished.remove(thread);
        begun = null;
      }
    }
    if (whole < end) {
      begin(thread, begun).append(bytes, whole, end - whole);
    }
  }

  private Unfinished begin(Thread thread, @Nullable Unfinished begun) {
    if (begun == null) {
      if (unfinished.size() >= UNFINISHED) {
        finishOfEndedThreads();
      }
      Unfinished line = new Unfinished();
      unfinished.put(thread, line);
      return line;
    }
    if (begun.isLong()) {
      begun.finish(sink);
    }
    return begun;
  }

  @Override
  public void flush() throws IOException {
    file.flush();
  }

  /// Ends the line that the calling thread has begun, if it has.
  void finish() {
    if (!unfinished.isEmpty()) {
      Unfinished begun = unfinished.remove(Thread.currentThread());
      if (begun != null) {
        begun.finish(sink);
      }
    }
  }

  /// Ends the lines of threads that will not.
  void finishOfEndedThreads() {
    unfinished.forEach((thread, begun) -> {
      if (!thread.isAlive() && unfinished.remove(thread, begun)) {
        begun.finish(sink);
      }
    });
  }

  /// Ends all lines, because the process ends.
  void finishAll() {
    unfinished.forEach((thread, begun) -> {
      if (unfinished.remove(thread, begun)) {
        begun.finish(sink);
      }
    });
  }
}
