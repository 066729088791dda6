package org.rayakka.objectstore.memory;

import java.util.concurrent.locks.LockSupport;
import org.rayakka.objectstore.layout.StoreDescriptor;

/// Waits for the few instructions that another thread is from done: an entry half deleted by the
/// node, a slab whose owner takes a slot. Spins, then yields, then parks briefly, and fails when
/// the node, the only other process waited for, is gone.
public final class Backoff {
  private static final int SPINS = 100;
  private static final int YIELDS = 200;
  private static final long PARK_NS = 50_000;
  private static final int CHECK_EVERY = 4096;

  private final MappedSegment segment;
  private int turns;

  public Backoff(MappedSegment segment) {
    this.segment = segment;
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing depends on the yield but the time it takes
  public void pause() {
    turns++;
    if (turns < SPINS) {
      Thread.onSpinWait();
    } else if (turns < YIELDS) {
      Thread.yield();
    } else {
      // Whoever is waited for has lost its processor; a word in shared memory cannot unpark us.
      LockSupport.parkNanos(PARK_NS);
      if (turns % CHECK_EVERY == 0) {
        long pid = segment.get(StoreDescriptor.NODE_PID_OFFSET);
        if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
          throw new IllegalStateException("node process " + pid + " is gone (expected: alive)");
        }
      }
    }
  }
}
