package org.rayakka.node.peer;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import org.rayakka.node.peer.WireMessage.Part;

/// The receiving half of a sliding window: takes each part once, in order, and puts messages
/// together again. What arrives behind a gap is ignored; it is sent again.
final class PartReceiver {
  /// So many parts may be got before the sender has to hear of it.
  private static final int ACKNOWLEDGE_PARTS = 64;

  /// So many bytes may be got before the sender has to hear of it.
  private static final long ACKNOWLEDGE_BYTES = 1 << 20;

  private final ByteArrayOutputStream incomplete = new ByteArrayOutputStream();
  private long lastNumber;
  private int unacknowledgedParts;
  private long unacknowledgedBytes;
  private boolean isRepeated;

  /// Takes a part.
  ///
  /// @return the message that it completes, or null
  byte @Nullable [] accept(Part part) {
    if (part.number() != lastNumber + 1) {
      // Whoever repeats himself has missed what he was told.
      isRepeated |= part.number() <= lastNumber;
      return null;
    }
    lastNumber = part.number();
    unacknowledgedParts++;
    unacknowledgedBytes += part.bytes().length;
    if (part.isLast() && incomplete.size() == 0) {
      return part.bytes();
    }
    incomplete.writeBytes(part.bytes());
    if (!part.isLast()) {
      return null;
    }
    byte[] message = incomplete.toByteArray();
    incomplete.reset();
    return message;
  }

  /// The number of the last part that was taken; the sender is told of it now.
  long acknowledge() {
    unacknowledgedParts = 0;
    unacknowledgedBytes = 0;
    isRepeated = false;
    return lastNumber;
  }

  /// Whether there is anything that the sender has not been told.
  boolean isToAcknowledge() {
    return unacknowledgedParts > 0 || isRepeated;
  }

  /// Whether the sender should not have to wait for it.
  boolean isAcknowledgementUrgent() {
    return isRepeated
        || unacknowledgedParts >= ACKNOWLEDGE_PARTS
        || unacknowledgedBytes >= ACKNOWLEDGE_BYTES;
  }
}
