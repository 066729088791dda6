package org.rayakka.objectstore;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ObjectId;

/// One process's view of the object store: a driver's, a worker's, or the node's own. Safe for any
/// number of threads.
@SuppressWarnings("DoNotCallSuggester")
public final class ObjectStore implements AutoCloseable {
  private ObjectStore() {}

  /// Maps the node's store.
  ///
  /// @param segment from {@link StoreNode#segmentPath}
  /// @param slot from {@link StoreNode#openSlot}, for this process alone
  /// @param spaceRequester asked when no room is found
  public static ObjectStore attach(Path segment, int slot, SpaceRequester spaceRequester) {
    throw new UnsupportedOperationException("attach");
  }

  /// Makes room for an object, to be filled and sealed by the caller.
  ///
  /// @param id not in the store
  /// @param typeTag what the bytes are, for the readers
  /// @param dataBytes how many
  /// @throws ObjectExistsException if the id is sealed, or being written, here
  /// @throws ObjectStoreFullException if no room can be made
  public UnsealedObject create(ObjectId id, int typeTag, long dataBytes) {
    throw new UnsupportedOperationException("create");
  }

  /// Pins a sealed object; it stays readable until the result is closed.
  ///
  /// @return null when it is not sealed on this node
  public @Nullable SealedObject get(ObjectId id) {
    throw new UnsupportedOperationException("get");
  }

  /// Whether the object is sealed on this node, at this moment.
  public boolean contains(ObjectId id) {
    throw new UnsupportedOperationException("contains");
  }

  /// The bytes of its data, or -1 when it is not sealed on this node.
  public long sizeOf(ObjectId id) {
    throw new UnsupportedOperationException("sizeOf");
  }

  /// Blocks until enough of the objects are sealed on this node.
  ///
  /// @param ids what to wait for; an id that is listed twice counts twice
  /// @param count how many of them are enough
  /// @param deadlineNanos when to give up, by {@link System#nanoTime}; {@link Long#MAX_VALUE} never
  /// @return how many are sealed: fewer than `count` only at the deadline
  public int await(List<ObjectId> ids, int count, long deadlineNanos) throws InterruptedException {
    throw new UnsupportedOperationException("await");
  }

  @Override
  public void close() {}
}
