package org.rayakka.node.peer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rayakka.node.peer.WireMessage.Part;

/// The sending half of a sliding window: numbers parts, keeps what is not acknowledged, and holds
/// back what would be too much at once, because Akka Remote drops what its own queue does not take.
final class PartSender {
  /// Well below Akka Remote's largest frame, 256 KiB.
  static final int MAX_PART_BYTES = 128 << 10;

  /// So many bytes may be on their way.
  static final long WINDOW_BYTES = 4 << 20;

  /// So many parts may be on their way; Akka Remote queues 3,072.
  static final int WINDOW_PARTS = 1_024;

  private final ArrayDeque<Part> held = new ArrayDeque<>();
  private final ArrayDeque<Part> sent = new ArrayDeque<>();
  private long lastNumber;
  private long sentBytes;
  private long heldBytes;

  void add(byte[] message) {
    heldBytes += message.length;
    int offset = 0;
    do {
      int end = Math.min(message.length, offset + MAX_PART_BYTES);
      boolean isWhole = offset == 0 && end == message.length;
      byte[] bytes = isWhole ? message : Arrays.copyOfRange(message, offset, end);
      held.addLast(new Part(++lastNumber, end == message.length, bytes));
      offset = end;
    } while (offset < message.length);
  }

  /// What is to be sent now.
  List<Part> next() {
    List<Part> next = new ArrayList<>();
    Part first = held.peekFirst();
    while (first != null && hasRoomFor(first)) {
      held.removeFirst();
      sent.addLast(first);
      sentBytes += first.bytes().length;
      heldBytes -= first.bytes().length;
      next.add(first);
      first = held.peekFirst();
    }
    return next;
  }

  private boolean hasRoomFor(Part part) {
    return sent.isEmpty()
        || (sent.size() < WINDOW_PARTS && sentBytes + part.bytes().length <= WINDOW_BYTES);
  }

  /// How many bytes wait to be sent.
  long heldBytes() {
    return heldBytes;
  }

  /// The other side has everything up to this number.
  void acknowledged(long number) {
    Part first = sent.peekFirst();
    while (first != null && first.number() <= number) {
      sent.removeFirst();
      sentBytes -= first.bytes().length;
      first = sent.peekFirst();
    }
  }

  /// What was sent and is not acknowledged, in order.
  List<Part> unacknowledged() {
    return List.copyOf(sent);
  }

  /// The number of the oldest part that is not acknowledged; 0 if there is none.
  long oldest() {
    Part first = sent.peekFirst();
    return first == null ? 0 : first.number();
  }
}
