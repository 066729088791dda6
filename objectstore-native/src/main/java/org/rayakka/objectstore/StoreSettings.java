package org.rayakka.objectstore;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How to make a store.
///
/// @param capacityBytes size of the data region, rounded up to whole extents of 1 MiB
/// @param entries how many objects it can hold; 0 for a number that fits the capacity
/// @param segmentDirectory where to make the segment file; null for anonymous shared memory
///   (memfd), or `/dev/shm` where that cannot be mapped by others
/// @param spillDirectory where spilled objects go; null for none: what would be spilled is kept
/// @param prefault whether to back the whole segment with memory in the background, so that writers
///   do not wait for the kernel
/// @param spillFileBytes small objects are fused into files of at least this size
public record StoreSettings(
    long capacityBytes,
    int entries,
    @Nullable Path segmentDirectory,
    @Nullable Path spillDirectory,
    boolean prefault,
    long spillFileBytes) {
  /// 100 MB.
  public static final long DEFAULT_SPILL_FILE_BYTES = 100_000_000;

  public StoreSettings {
    if (capacityBytes < 1) {
      throw new IllegalArgumentException("capacityBytes: " + capacityBytes + " (expected: > 0)");
    }
    if (entries < 0) {
      throw new IllegalArgumentException("entries: " + entries + " (expected: >= 0)");
    }
    if (spillFileBytes < 1) {
      throw new IllegalArgumentException("spillFileBytes: " + spillFileBytes + " (expected: > 0)");
    }
  }

  /// A store of the given size with everything else as usual, and no spilling.
  public static StoreSettings ofCapacity(long capacityBytes) {
    return new StoreSettings(capacityBytes, 0, null, null, true, DEFAULT_SPILL_FILE_BYTES);
  }

  public StoreSettings withEntries(int entries) {
    return new StoreSettings(
        capacityBytes, entries, segmentDirectory, spillDirectory, prefault, spillFileBytes);
  }

  public StoreSettings withSegmentDirectory(@Nullable Path segmentDirectory) {
    return new StoreSettings(
        capacityBytes, entries, segmentDirectory, spillDirectory, prefault, spillFileBytes);
  }

  public StoreSettings withSpillDirectory(@Nullable Path spillDirectory) {
    return new StoreSettings(
        capacityBytes, entries, segmentDirectory, spillDirectory, prefault, spillFileBytes);
  }

  public StoreSettings withPrefault(boolean prefault) {
    return new StoreSettings(
        capacityBytes, entries, segmentDirectory, spillDirectory, prefault, spillFileBytes);
  }

  public StoreSettings withSpillFileBytes(long spillFileBytes) {
    return new StoreSettings(
        capacityBytes, entries, segmentDirectory, spillDirectory, prefault, spillFileBytes);
  }
}
