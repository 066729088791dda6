package org.rayakka.node.actor.durable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.rayakka.objectstore.SealedObject;

/// A durable actor's object, as its worker encoded it.
///
/// @param typeTag the codec's
/// @param data the codec's
@SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
public record SavedState(int typeTag, byte[] data) {
  /// The largest state: Redis holds no larger value than 512 MiB.
  public static final long MAX_BYTES = 256L << 20;

  /// Copies a state out of the store.
  ///
  /// @param object as the worker sealed it, of at most {@link #MAX_BYTES}
  /// @return the state, encoded
  public static byte[] copy(SealedObject object) {
    MemorySegment data = object.view();
    byte[] bytes = new byte[Math.toIntExact(Integer.BYTES + data.byteSize())];
    ByteBuffer.wrap(bytes).putInt(object.typeTag());
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, bytes, Integer.BYTES, (int) data.byteSize());
    return bytes;
  }

  /// Decodes a state.
  ///
  /// @param bytes what {@link #copy} gave
  /// @return the state
  public static SavedState decode(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    int typeTag = from.getInt();
    byte[] data = new byte[from.remaining()];
    from.get(data);
    return new SavedState(typeTag, data);
  }
}
