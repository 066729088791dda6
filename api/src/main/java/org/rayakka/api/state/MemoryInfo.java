package org.rayakka.api.state;

/// How full the object store of a node is, and of what.
///
/// @param capacityBytes what it can hold
/// @param usedBytes what is taken
/// @param pinnedBytes of objects that processes read or keep views of
/// @param spilledBytes of objects that are on disk only
/// @param objects the objects, the largest first
public record MemoryInfo(
    long capacityBytes,
    long usedBytes,
    long pinnedBytes,
    long spilledBytes,
    Listing<HeldObject> objects) {}
