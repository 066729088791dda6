package org.rayakka.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;

/// Cuts what arrives on a channel into frames. Owned by the one thread that reads the channel.
public final class FrameReader {
  private static final int INITIAL_BYTES = 256 * 1024;

  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private ByteBuffer bytes = allocate(INITIAL_BYTES);
  private UnsafeBuffer view = new UnsafeBuffer(bytes);
  private int start;

  /// Makes a reader that has read nothing.
  public FrameReader() {}

  /// What takes the frames.
  @FunctionalInterface
  public interface Handler {
    /// Takes one frame. The buffer is the reader's: what is kept must be copied.
    ///
    /// @param header its message header
    /// @param buffer what it stands in
    /// @param offset where its message header begins
    /// @param length bytes of its message header and body
    /// @throws IOException if the connection cannot go on
    void onFrame(MessageHeaderDecoder header, DirectBuffer buffer, int offset, int length)
        throws IOException;
  }

  /// Reads once, and hands over every frame that is complete.
  ///
  /// @param channel where from; may block
  /// @param handler takes the frames
  /// @return how many frames there were; 0 if the channel had nothing, or only a part
  /// @throws EOFException at the end of the stream
  /// @throws IOException if reading fails or what arrives is no frame
  public int read(ReadableByteChannel channel, Handler handler) throws IOException {
    int read = channel.read(bytes);
    if (read < 0) {
      throw new EOFException("the other side closed the connection");
    }
    int frames = 0;
    int end = bytes.position();
    while (end - start >= FrameBuffer.LENGTH_BYTES) {
      int length = view.getInt(start, ByteOrder.LITTLE_ENDIAN);
      if (length < MessageHeaderDecoder.ENCODED_LENGTH || length > FrameBuffer.MAX_FRAME_BYTES) {
        throw new IOException(
            "frame length: "
                + length
                + " (expected: "
                + MessageHeaderDecoder.ENCODED_LENGTH
                + " to "
                + FrameBuffer.MAX_FRAME_BYTES
                + ")");
      }
      int total = FrameBuffer.LENGTH_BYTES + length;
      if (end - start < total) {
        reserve(total);
        return frames;
      }
      int offset = start + FrameBuffer.LENGTH_BYTES;
      start += total;
      header.wrap(view, offset);
      handler.onFrame(header, view, offset, length);
      frames++;
    }
    reserve(FrameBuffer.LENGTH_BYTES);
    return frames;
  }

  /// Makes room for a frame of so many bytes from {@link #start} on.
  private void reserve(int total) {
    int held = bytes.position() - start;
    if (held == 0) {
      bytes.clear();
      start = 0;
    }
    if (bytes.capacity() - start >= total && bytes.hasRemaining()) {
      return;
    }
    bytes.limit(bytes.position()).position(start);
    if (total <= bytes.capacity()) {
      bytes.compact();
    } else {
      bytes = allocate(Math.max(total, 2 * held)).put(bytes);
      view = new UnsafeBuffer(bytes);
    }
    start = 0;
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
