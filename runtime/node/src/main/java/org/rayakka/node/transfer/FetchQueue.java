package org.rayakka.node.transfer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rayakka.api.id.ObjectId;

/// Decides which objects are on their way here at a time: so many, and so many bytes in all. Large
/// and small ones have a lane each, in the order in which they were asked for, so that a small
/// object never waits for large ones, nor a large one for a stream of small ones.
final class FetchQueue {
  /// Objects up to this size are small.
  static final long SMALL_BYTES = 1 << 20;

  /// Of the bytes that may be on their way, small objects have one part in so many for themselves.
  private static final int SMALL_SHARE = 8;

  /// Objects of one lane on their way at a time.
  static final int MAX_FETCHES = 256;

  private final Lane small;
  private final Lane large;
  private final Map<ObjectId, Lane> lanes = new HashMap<>();

  FetchQueue(long incomingBytes) {
    small = new Lane(incomingBytes / SMALL_SHARE);
    large = new Lane(incomingBytes - incomingBytes / SMALL_SHARE);
  }

  /// Takes in an object that is not in the queue.
  void add(ObjectId id, long size) {
    Lane lane = size <= SMALL_BYTES ? small : large;
    lanes.put(id, lane);
    lane.waiting.addLast(new Wanted(id, size));
  }

  /// Takes in a large object whose size is not known yet. Until it is, it counts little.
  void addOfUnknownSize(ObjectId id) {
    add(id, SMALL_BYTES + 1);
  }

  /// That size is known.
  void sized(ObjectId id, long size) {
    Lane lane = lanes.get(id);
    if (lane != null) {
      lane.sized(id, size);
    }
  }

  /// Takes out what may come now.
  List<ObjectId> start() {
    List<ObjectId> started = new ArrayList<>();
    small.start(started);
    large.start(started);
    return started;
  }

  /// An object that was started is here, or will not come.
  void ended(ObjectId id) {
    Lane lane = lanes.remove(id);
    if (lane != null) {
      lane.ended(id);
    }
  }

  private record Wanted(ObjectId id, long size) {}

  private static final class Lane {
    private final long bytesAllowed;
    private final ArrayDeque<Wanted> waiting = new ArrayDeque<>();
    private final Map<ObjectId, Long> coming = new HashMap<>();
    private long bytes;

    Lane(long bytesAllowed) {
      this.bytesAllowed = bytesAllowed;
    }

    void start(List<ObjectId> started) {
      while (!waiting.isEmpty() && coming.size() < MAX_FETCHES) {
        Wanted next = waiting.getFirst();
        // One that alone is more than allowed comes alone.
        if (!coming.isEmpty() && bytes + next.size() > bytesAllowed) {
          return;
        }
        waiting.removeFirst();
        coming.put(next.id(), next.size());
        bytes += next.size();
        started.add(next.id());
      }
    }

    void sized(ObjectId id, long size) {
      Long counted = coming.replace(id, size);
      if (counted != null) {
        bytes += size - counted;
      }
    }

    void ended(ObjectId id) {
      Long size = coming.remove(id);
      if (size != null) {
        bytes -= size;
      } else {
        waiting.removeIf(wanted -> wanted.id().equals(id));
      }
    }
  }
}
