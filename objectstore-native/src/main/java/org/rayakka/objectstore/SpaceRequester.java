package org.rayakka.objectstore;

/// Asks the node to make room in the store, from a client whose {@link ObjectStore#create} found
/// none. The runtime implements it as a request to the node, which answers when {@link
/// StoreNode#makeRoom} has returned. Called by any thread of the client, which waits for it.
@FunctionalInterface
public interface SpaceRequester {
  /// A requester for a store without a node to ask: a full store stays full.
  SpaceRequester NONE = bytes -> 0;

  /// Asks for room and waits for the answer.
  ///
  /// @param bytes how much is missing at least, rounded up to whole extents
  /// @return how many bytes were made free; 0 when none can be made free now, which ends the
  ///   attempt unless others free some meanwhile
  /// @throws InterruptedException when the waiting thread is interrupted
  long requestSpace(long bytes) throws InterruptedException;
}
