package org.rayakka.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/// Frames on their way out, one behind the other, ready to be written to a channel in one go.
///
/// A frame is begun with {@link #begin}, encoded into {@link #buffer} at the offset returned, and
/// ended with {@link #end}; a frame that is not ended is overwritten by the next. Not thread-safe:
/// its owner guards it.
public final class FrameBuffer {
  /// Bytes before a frame's message header: its length.
  public static final int LENGTH_BYTES = Integer.BYTES;

  /// The longest frame. Values of more than 100 KiB travel through the object store, so a longer
  /// frame is a mistake, and is refused before it takes the receiver's memory.
  public static final int MAX_FRAME_BYTES = 256 * 1024 * 1024;

  private final ExpandableDirectByteBuffer buffer;
  private int length;

  /// Makes an empty buffer.
  ///
  /// @param initialBytes how much it holds before it grows
  public FrameBuffer(int initialBytes) {
    buffer = new ExpandableDirectByteBuffer(initialBytes);
  }

  /// Begins a frame.
  ///
  /// @return where in {@link #buffer} its message header goes
  public int begin() {
    return length + LENGTH_BYTES;
  }

  /// What frames are encoded into; it grows as it is written to.
  ///
  /// @return the buffer
  public MutableDirectBuffer buffer() {
    return buffer;
  }

  /// Ends the frame that was begun last.
  ///
  /// @param encodedLength bytes of its message header and body
  /// @throws IllegalArgumentException if it is longer than {@link #MAX_FRAME_BYTES}
  public void end(int encodedLength) {
    if (encodedLength > MAX_FRAME_BYTES) {
      throw new IllegalArgumentException(
          "frame: " + encodedLength + " bytes (expected: <= " + MAX_FRAME_BYTES + ")");
    }
    buffer.putInt(length, encodedLength, ByteOrder.LITTLE_ENDIAN);
    length += LENGTH_BYTES + encodedLength;
  }

  /// Appends a frame that is encoded already.
  ///
  /// @param source where its message header begins
  /// @param offset in the source
  /// @param encodedLength bytes of its message header and body
  public void append(DirectBuffer source, int offset, int encodedLength) {
    buffer.putBytes(begin(), source, offset, encodedLength);
    end(encodedLength);
  }

  /// How many bytes wait.
  ///
  /// @return the number
  public int length() {
    return length;
  }

  /// The waiting bytes as a buffer to write from; valid until the next frame is begun.
  ///
  /// @return a buffer from the first waiting byte to the last
  public ByteBuffer bytes() {
    ByteBuffer bytes = buffer.byteBuffer().duplicate();
    bytes.position(0).limit(length);
    return bytes;
  }

  /// Forgets all frames.
  public void clear() {
    length = 0;
  }

  /// Forgets the first bytes, which were written, and keeps the others.
  ///
  /// @param written how many
  public void discard(int written) {
    if (written < length) {
      buffer.putBytes(0, buffer, written, length - written);
    }
    length -= written;
  }
}
