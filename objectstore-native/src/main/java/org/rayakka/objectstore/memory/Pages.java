package org.rayakka.objectstore.memory;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLongArray;
import org.rayakka.objectstore.ffi.Libc;
import org.rayakka.objectstore.layout.StoreDescriptor;

/// Which pages of the data this process has mapped, in chunks, and the copying of values into them.
/// Touching a page that is not mapped costs several times what copying to it does, and on a virtual
/// machine ten times as much again; mapping a chunk by one call costs about as much as two touches.
public final class Pages {
  /// A call for so many pages takes half as long for each as one for a few, and about as long as
  /// one for hundreds; and a writer of a small object waits for no more than them.
  private static final long CHUNK_BYTES = 64L << 10;

  /// Mapped and copied at a time, so that what was just mapped is still in the cache.
  private static final long STEP_BYTES = 8L << 20;

  private final MappedSegment segment;
  private final StoreDescriptor layout;
  private final AtomicLongArray mapped;

  public Pages(MappedSegment segment) {
    this.segment = segment;
    this.layout = segment.layout();
    long chunks = layout.capacityBytes() / CHUNK_BYTES + 1;
    this.mapped = new AtomicLongArray((int) ((chunks + 63) >>> 6));
  }

  /// Maps the pages of a range of the segment.
  public void map(long offset, long bytes, boolean write) {
    if (bytes == 0 || Libc.instance().isEmpty()) {
      return;
    }
    int first = chunkOf(offset);
    int last = chunkOf(offset + bytes - 1);
    int chunk = first;
    while (chunk <= last) {
      int end = chunk;
      while (end <= last && !isMapped(end)) {
        end++;
      }
      if (end > chunk) {
        long from = layout.data() + chunk * CHUNK_BYTES;
        long to = Math.min(layout.data() + end * CHUNK_BYTES, layout.totalBytes());
        Libc.instance().get().populate(segment.slice(from, to - from), write);
        for (int done = chunk; done < end; done++) {
          mapped.getAndUpdate(done >>> 6, orBit(done));
        }
      }
      chunk = end + 1;
    }
  }

  private static java.util.function.LongUnaryOperator orBit(int chunk) {
    return bits -> bits | (1L << chunk);
  }

  private boolean isMapped(int chunk) {
    return (mapped.get(chunk >>> 6) & (1L << chunk)) != 0;
  }

  private int chunkOf(long offset) {
    return (int) ((offset - layout.data()) / CHUNK_BYTES);
  }

  /// Copies a value to an offset of the segment.
  public void copyIn(MemorySegment source, long offset) {
    long bytes = source.byteSize();
    for (long done = 0; done < bytes; done += STEP_BYTES) {
      long step = Math.min(STEP_BYTES, bytes - done);
      map(offset + done, step, true);
      MemorySegment.copy(source, done, segment.slice(offset + done, step), 0, step);
    }
  }
}
