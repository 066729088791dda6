package org.rayakka.client.execution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Whole lines that tasks have printed and that wait to be sent, in order. At most {@link
/// #WAITING_BYTES} wait; what comes on top is left out and counted until they are taken. Used by
/// any thread.
final class PrintedLines {
  /// What waits at most, when the node does not take it.
  static final int WAITING_BYTES = 4 * 1024 * 1024;

  /// Lines of one origin are kept together up to this size.
  private static final int PIECE_BYTES = 32 * 1024;

  private List<Piece> pieces = new ArrayList<>(); // guarded by this
  private int waiting; // guarded by this
  private long leftOut; // guarded by this

  /// Lines of one stream and one label that were printed one after the other.
  static final class Piece {
    private final boolean isError;
    private final String label;
    private byte[] text;
    private int length;

    private Piece(boolean isError, String label, byte[] source, int offset, int length) {
      this.isError = isError;
      this.label = label;
      this.length = length;
      text = Arrays.copyOfRange(source, offset, offset + length);
    }

    boolean isError() {
      return isError;
    }

    String label() {
      return label;
    }

    byte[] text() {
      return text;
    }

    /// How much of {@link #text} is used.
    int length() {
      return length;
    }

    private boolean takes(boolean isErrorToo, String labelToo, int more) {
      return isError == isErrorToo && length + more <= PIECE_BYTES && label.equals(labelToo);
    }

    private void append(byte[] source, int offset, int more) {
      if (length + more > text.length) {
        text = Arrays.copyOf(text, Math.max(2 * text.length, length + more));
      }
      System.arraycopy(source, offset, text, length, more);
      length += more;
    }
  }

  /// What was taken.
  ///
  /// @param pieces in the order in which they were printed
  /// @param leftOut how many lines behind them were left out
  record Batch(List<Piece> pieces, long leftOut) {
    boolean isEmpty() {
      return pieces.isEmpty() && leftOut == 0;
    }
  }

  /// Adds lines, each with its newline.
  synchronized void add(boolean isError, String label, byte[] source, int offset, int length) {
    if (waiting == 0 && leftOut == 0) {
      notifyAll();
    }
    // What follows a gap is left out too: the gap is told behind what was kept.
    if (leftOut > 0 || waiting + length > WAITING_BYTES) {
      leftOut += count(source, offset, length);
      return;
    }
    waiting += length;
    if (!pieces.isEmpty() && pieces.getLast().takes(isError, label, length)) {
      pieces.getLast().append(source, offset, length);
    } else {
      pieces.add(new Piece(isError, label, source, offset, length));
    }
  }

  private static int count(byte[] source, int offset, int length) {
    int lines = 0;
    for (int i = offset; i < offset + length; i++) {
      if (source[i] == '\n') {
        lines++;
      }
    }
    return lines;
  }

  /// Waits until there are lines.
  synchronized void await() throws InterruptedException {
    while (waiting == 0 && leftOut == 0) {
      wait();
    }
  }

  /// Takes all that waits.
  synchronized Batch take() {
    Batch batch = new Batch(pieces, leftOut);
    pieces = new ArrayList<>();
    waiting = 0;
    leftOut = 0;
    return batch;
  }
}
