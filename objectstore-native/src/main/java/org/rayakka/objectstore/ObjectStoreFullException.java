package org.rayakka.objectstore;

/// The store has no room for an object and could make none: what is in it is pinned, unsealed or
/// not to be evicted. Try again when readers have closed their objects, or give the store more
/// memory.
public final class ObjectStoreFullException extends RuntimeException {
  private final long requestedBytes;
  private final long capacityBytes;
  private final long pinnedBytes;

  public ObjectStoreFullException(
      String message, long requestedBytes, long capacityBytes, long pinnedBytes) {
    super(message);
    this.requestedBytes = requestedBytes;
    this.capacityBytes = capacityBytes;
    this.pinnedBytes = pinnedBytes;
  }

  /// Size of the object that did not fit.
  public long requestedBytes() {
    return requestedBytes;
  }

  /// Size of the store.
  public long capacityBytes() {
    return capacityBytes;
  }

  /// Bytes that could not be evicted because a process holds them.
  public long pinnedBytes() {
    return pinnedBytes;
  }
}
