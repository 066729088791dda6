package org.rayakka.objectstore;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ObjectId;
import org.rayakka.objectstore.layout.EntryLayout;
import org.rayakka.objectstore.memory.Backoff;
import org.rayakka.objectstore.memory.EntryTable;
import org.rayakka.objectstore.memory.MappedSegment;

/// How often this process holds each entry. Other processes see one bit for all of it, which moves
/// only when the count leaves 0 or comes back to it.
final class LocalPins {
  enum Outcome {
    PINNED,
    /// The node is just deciding about the object.
    UNDECIDED,
    GONE
  }

  private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(int[].class);
  private static final int CHUNK_SHIFT = 12;
  private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

  /// A thread is moving the shared bit.
  private static final int MOVING = -1;

  private final MappedSegment segment;
  private final EntryTable entries;

  // Made when first needed: a client touches few of the entries that a large store has.
  private final AtomicReferenceArray<int @Nullable []> chunks;

  LocalPins(MappedSegment segment, EntryTable entries) {
    this.segment = segment;
    this.entries = entries;
    this.chunks = new AtomicReferenceArray<>((segment.layout().entries() >>> CHUNK_SHIFT) + 1);
  }

  private int[] chunk(int entry) {
    int[] chunk = chunks.get(entry >>> CHUNK_SHIFT);
    if (chunk == null) {
      chunks.compareAndSet(entry >>> CHUNK_SHIFT, null, new int[1 << CHUNK_SHIFT]);
      chunk = chunks.get(entry >>> CHUNK_SHIFT);
      if (chunk == null) {
        throw new AssertionError("chunk of entry " + entry + " is missing (expected: just made)");
      }
    }
    return chunk;
  }

  /// Pins an entry if it is this object, sealed.
  Outcome pin(int entry, ObjectId id) {
    int[] chunk = chunk(entry);
    int at = entry & CHUNK_MASK;
    Backoff backoff = null;
    while (true) {
      int count = (int) COUNTS.getVolatile(chunk, at);
      if (count > 0) {
        if (COUNTS.compareAndSet(chunk, at, count, count + 1)) {
          return confirm(entry, id);
        }
      } else if (count == 0) {
        if (COUNTS.compareAndSet(chunk, at, 0, MOVING)) {
          return pinFirst(entry, id, chunk, at);
        }
      } else {
        backoff = backoff == null ? new Backoff(segment) : backoff;
        backoff.pause();
      }
    }
  }

  /// The process had it pinned, so whatever object it is stays; it may be another by now.
  private Outcome confirm(int entry, ObjectId id) {
    int state = EntryLayout.state(entries.wordIf(entry, id));
    // The node looks at pinned entries too, but then puts SEALED back.
    if (state == EntryLayout.SEALED || state == EntryLayout.DELETING) {
      return Outcome.PINNED;
    }
    unpin(entry);
    return Outcome.GONE;
  }

  private Outcome pinFirst(int entry, ObjectId id, int[] chunk, int at) {
    entries.pin(entry);
    int state = EntryLayout.state(entries.wordIf(entry, id));
    if (state == EntryLayout.SEALED) {
      COUNTS.setRelease(chunk, at, 1);
      return Outcome.PINNED;
    }
    entries.unpin(entry);
    COUNTS.setRelease(chunk, at, 0);
    return state == EntryLayout.DELETING ? Outcome.UNDECIDED : Outcome.GONE;
  }

  void unpin(int entry) {
    int[] chunk = chunk(entry);
    int at = entry & CHUNK_MASK;
    Backoff backoff = null;
    while (true) {
      int count = (int) COUNTS.getVolatile(chunk, at);
      if (count > 1) {
        if (COUNTS.compareAndSet(chunk, at, count, count - 1)) {
          return;
        }
      } else if (count == 1) {
        if (COUNTS.compareAndSet(chunk, at, 1, MOVING)) {
          entries.unpin(entry);
          COUNTS.setRelease(chunk, at, 0);
          return;
        }
      } else if (count == 0) {
        throw new IllegalStateException("entry " + entry + " is not pinned (expected: pinned)");
      } else {
        backoff = backoff == null ? new Backoff(segment) : backoff;
        backoff.pause();
      }
    }
  }

  /// How many pins this process has, of all entries together. Walks the counts.
  long total() {
    long total = 0;
    for (int i = 0; i < chunks.length(); i++) {
      int[] chunk = chunks.get(i);
      for (int at = 0; chunk != null && at < chunk.length; at++) {
        total += Math.max(0, (int) COUNTS.getVolatile(chunk, at));
      }
    }
    return total;
  }
}
