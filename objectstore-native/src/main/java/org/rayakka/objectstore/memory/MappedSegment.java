package org.rayakka.objectstore.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.rayakka.objectstore.layout.StoreDescriptor;

/// The segment as one process has mapped it, and the atomic operations on its words. Every word
/// that two processes share is read and written through these.
///
/// Open for a test that dies between two of its writes.
public class MappedSegment {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.nativeOrder());
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.nativeOrder());
  private static final int MAP_ATTEMPTS = 3;
  private static final VarHandle LONGS = LONG.varHandle();
  private static final VarHandle INTS = INT.varHandle();

  private final Arena arena;
  private final MemorySegment memory;
  private final StoreDescriptor layout;

  private MappedSegment(Arena arena, MemorySegment memory, StoreDescriptor layout) {
    this.arena = arena;
    this.memory = memory;
    this.layout = layout;
  }

  /// Another view of the same mapping.
  protected MappedSegment(MappedSegment other) {
    this(other.arena, other.memory, other.layout);
  }

  /// Maps a new segment, all zero, and writes its header.
  public static MappedSegment create(Path path, StoreDescriptor layout, long nodePid)
      throws IOException {
    MappedSegment segment = map(path, layout);
    segment.putInt(StoreDescriptor.VERSION_OFFSET, StoreDescriptor.VERSION);
    segment.put(StoreDescriptor.CAPACITY_OFFSET, layout.capacityBytes());
    segment.put(StoreDescriptor.ENTRIES_OFFSET, layout.entries());
    segment.put(StoreDescriptor.NODE_PID_OFFSET, nodePid);
    segment.setVolatile(StoreDescriptor.MAGIC_OFFSET, StoreDescriptor.MAGIC);
    return segment;
  }

  /// Maps a segment that a node has made.
  public static MappedSegment open(Path path) throws IOException {
    StoreDescriptor layout;
    try (Arena headerArena = Arena.ofConfined()) {
      MemorySegment header = map(path, StoreDescriptor.HEADER_BYTES, headerArena);
      long magic = (long) LONGS.getVolatile(header, StoreDescriptor.MAGIC_OFFSET);
      int version = header.get(INT, StoreDescriptor.VERSION_OFFSET);
      if (magic != StoreDescriptor.MAGIC || version != StoreDescriptor.VERSION) {
        throw new IOException(
            path
                + ": magic "
                + Long.toHexString(magic)
                + ", version "
                + version
                + " (expected: an object store of version "
                + StoreDescriptor.VERSION
                + ")");
      }
      layout =
          StoreDescriptor.of(
              header.get(LONG, StoreDescriptor.CAPACITY_OFFSET),
              (int) header.get(LONG, StoreDescriptor.ENTRIES_OFFSET));
    }
    return map(path, layout);
  }

  /// Maps a segment to an address at which large pages of the file are large pages of the process,
  /// if that can be had. The kernel puts a mapping right below the one above it; so one that is
  /// longer by what the address of another was off starts that much lower.
  @SuppressWarnings("MustBeClosedChecker") // closed by unmap
  private static MappedSegment map(Path path, StoreDescriptor layout) throws IOException {
    long bytes = layout.totalBytes();
    for (int attempt = 1; ; attempt++) {
      long off;
      try (Arena trial = Arena.ofConfined()) {
        off = map(path, bytes, trial).address() % StoreDescriptor.LARGE_PAGE_BYTES;
      }
      Arena arena = Arena.ofShared();
      try {
        MemorySegment memory = map(path, bytes + off, arena);
        boolean isAligned = memory.address() % StoreDescriptor.LARGE_PAGE_BYTES == 0;
        if (isAligned || attempt == MAP_ATTEMPTS) {
          return new MappedSegment(arena, memory.asSlice(0, bytes), layout);
        }
      } catch (IOException failed) {
        arena.close();
        throw failed;
      }
      // Another thread has mapped something meanwhile.
      arena.close();
    }
  }

  private static MemorySegment map(Path path, long bytes, Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (channel.size() < bytes) {
        throw new IOException(path + ": " + channel.size() + " bytes (expected: >= " + bytes + ")");
      }
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    }
  }

  /// Unmaps the segment; access afterwards throws. Waits for nothing: fails when a call to the
  /// system is using it.
  public void unmap() {
    arena.close();
  }

  public StoreDescriptor layout() {
    return layout;
  }

  public MemorySegment slice(long offset, long bytes) {
    return memory.asSlice(offset, bytes);
  }

  public long get(long offset) {
    return (long) LONGS.get(memory, offset);
  }

  public void put(long offset, long value) {
    LONGS.set(memory, offset, value);
  }

  public int getInt(long offset) {
    return (int) INTS.get(memory, offset);
  }

  public void putInt(long offset, int value) {
    INTS.set(memory, offset, value);
  }

  public long getAcquire(long offset) {
    return (long) LONGS.getAcquire(memory, offset);
  }

  public long getVolatile(long offset) {
    return (long) LONGS.getVolatile(memory, offset);
  }

  public void setVolatile(long offset, long value) {
    LONGS.setVolatile(memory, offset, value);
  }

  public void setRelease(long offset, long value) {
    LONGS.setRelease(memory, offset, value);
  }

  public boolean compareAndSet(long offset, long expected, long value) {
    return LONGS.compareAndSet(memory, offset, expected, value);
  }

  public long getAndAdd(long offset, long delta) {
    return (long) LONGS.getAndAdd(memory, offset, delta);
  }

  public long getAndSet(long offset, long value) {
    return (long) LONGS.getAndSet(memory, offset, value);
  }

  public long getAndOr(long offset, long bits) {
    return (long) LONGS.getAndBitwiseOr(memory, offset, bits);
  }

  public long getAndAnd(long offset, long bits) {
    return (long) LONGS.getAndBitwiseAnd(memory, offset, bits);
  }

  public int getIntVolatile(long offset) {
    return (int) INTS.getVolatile(memory, offset);
  }

  public void setIntVolatile(long offset, int value) {
    INTS.setVolatile(memory, offset, value);
  }

  public int getAndAddInt(long offset, int delta) {
    return (int) INTS.getAndAdd(memory, offset, delta);
  }

  public boolean compareAndSetInt(long offset, int expected, int value) {
    return INTS.compareAndSet(memory, offset, expected, value);
  }
}
