package org.rayakka.objectstore.memory;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.rayakka.objectstore.ffi.Libc;
import org.rayakka.objectstore.layout.StoreDescriptor;

/// The clients of the store: which slots are taken, and the doorbell of each. The node opens and
/// frees slots; a client rings anybody's doorbell and waits on its own.
public final class ClientSlots {
  private static final int FREE = 0;
  private static final int OPEN = 1;
  private static final int ATTACHED = 2;

  /// How often to look without a futex.
  private static final long POLL_NS = 200_000;

  private final MappedSegment segment;
  private final StoreDescriptor layout;
  private final Optional<Libc> libc;

  public ClientSlots(MappedSegment segment) {
    this.segment = segment;
    this.layout = segment.layout();
    this.libc = Libc.instance();
  }

  /// Node only: takes a free slot, or returns -1.
  public int open(long pid) {
    for (int slot = 0; slot < StoreDescriptor.SLOTS; slot++) {
      long offset = layout.slot(slot);
      if (segment.getIntVolatile(offset + StoreDescriptor.SLOT_STATE) == FREE) {
        segment.put(offset + StoreDescriptor.SLOT_PID, pid);
        segment.setIntVolatile(offset + StoreDescriptor.SLOT_SLEEPING, 0);
        segment.setIntVolatile(offset + StoreDescriptor.SLOT_STATE, OPEN);
        return slot;
      }
    }
    return -1;
  }

  /// Node only: makes a swept slot free.
  public void close(int slot) {
    segment.setIntVolatile(layout.slot(slot) + StoreDescriptor.SLOT_STATE, FREE);
  }

  public boolean isFree(int slot) {
    return segment.getIntVolatile(layout.slot(slot) + StoreDescriptor.SLOT_STATE) == FREE;
  }

  public long pid(int slot) {
    return segment.get(layout.slot(slot) + StoreDescriptor.SLOT_PID);
  }

  /// Takes possession of an open slot; false when it is not open, or taken already.
  public boolean attach(int slot) {
    return slot >= 0
        && slot < StoreDescriptor.SLOTS
        && segment.compareAndSetInt(layout.slot(slot) + StoreDescriptor.SLOT_STATE, OPEN, ATTACHED);
  }

  public int doorbell(int slot) {
    return segment.getIntVolatile(layout.slot(slot) + StoreDescriptor.SLOT_DOORBELL);
  }

  /// Wakes the client if it waits, and keeps it from waiting on the doorbell it last read.
  public void ring(int slot) {
    long offset = layout.slot(slot);
    segment.getAndAddInt(offset + StoreDescriptor.SLOT_DOORBELL, 1);
    if (segment.getIntVolatile(offset + StoreDescriptor.SLOT_SLEEPING) != 0 && libc.isPresent()) {
      libc.get().futexWake(doorbellWord(offset));
    }
  }

  /// Waits until the doorbell differs from what was read; may return early.
  public void awaitRing(int slot, int doorbellRead, long timeoutNs) {
    long offset = layout.slot(slot);
    if (libc.isEmpty()) {
      LockSupport.parkNanos(Math.min(timeoutNs, POLL_NS));
      return;
    }
    segment.setIntVolatile(offset + StoreDescriptor.SLOT_SLEEPING, 1);
    if (segment.getIntVolatile(offset + StoreDescriptor.SLOT_DOORBELL) == doorbellRead) {
      libc.get().futexWait(doorbellWord(offset), doorbellRead, timeoutNs);
    }
    segment.setIntVolatile(offset + StoreDescriptor.SLOT_SLEEPING, 0);
  }

  /// Whether a thread of the client is about to wait, or waits.
  public boolean isSleeping(int slot) {
    return segment.getIntVolatile(layout.slot(slot) + StoreDescriptor.SLOT_SLEEPING) != 0;
  }

  private MemorySegment doorbellWord(long slotOffset) {
    return segment.slice(slotOffset + StoreDescriptor.SLOT_DOORBELL, Integer.BYTES);
  }
}
