package org.rayakka.protocol;

import org.agrona.DirectBuffer;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.TaskOutputDecoder;

/// What whoever leaves out a `TaskOutput` frame has to know of it.
public final class OutputFrames {
  private OutputFrames() {}

  /// How many lines a frame stands for.
  ///
  /// @param buffer what it stands in
  /// @param offset where its message header begins
  /// @return its lines, and those that were left out behind them
  public static long lines(DirectBuffer buffer, int offset) {
    TaskOutputDecoder frame = new TaskOutputDecoder();
    frame.wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
    long lines = frame.leftOut();
    for (TaskOutputDecoder.PiecesDecoder piece : frame.pieces()) {
      piece.skipLabel();
      int at = frame.limit() + TaskOutputDecoder.PiecesDecoder.textHeaderLength();
      int end = at + piece.skipText();
      for (int i = at; i < end; i++) {
        if (buffer.getByte(i) == '\n') {
          lines++;
        }
      }
    }
    return lines;
  }
}
