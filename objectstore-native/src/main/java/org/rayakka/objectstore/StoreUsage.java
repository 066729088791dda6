package org.rayakka.objectstore;

/// What the store holds, as {@link StoreNode#usage} saw it at one moment.
///
/// @param capacityBytes size of the data region
/// @param usedBytes bytes of extents that are not free
/// @param pinnedBytes bytes of objects that a client process holds
/// @param objects sealed objects in memory
/// @param unsealedObjects objects that are being written
/// @param spilledObjects objects that are on disk only
/// @param spilledBytes their bytes
public record StoreUsage(
    long capacityBytes,
    long usedBytes,
    long pinnedBytes,
    long objects,
    long unsealedObjects,
    long spilledObjects,
    long spilledBytes) {
  /// Bytes that can be had without evicting anything.
  public long freeBytes() {
    return capacityBytes - usedBytes;
  }
}
