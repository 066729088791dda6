package org.rayakka.node.object;

import java.time.Duration;
import org.rayakka.api.id.ObjectId;
import org.rayakka.protocol.ErrorObject;
import org.rayakka.protocol.ErrorObject.Kind;

/// What a reader is told of an object that does not come, as the bytes of an error object.
final class Failures {
  private Failures() {}

  /// It can never come.
  static byte[] lost(ObjectId id) {
    return bytes(
        id,
        Kind.UNRECONSTRUCTABLE,
        id + " is lost: no copy of it is left, in memory or on disk, or it was freed");
  }

  /// It is on this node's disk, and has to stay there for now.
  static byte[] noRoomToRestore(ObjectId id) {
    return noRoom(
        id,
        id
            + " is on disk, and there is no room to bring it back: programs hold all that is in"
            + " memory");
  }

  /// It is on another node, and has to stay there for now.
  static byte[] noRoomToFetch(ObjectId id, String reason) {
    return noRoom(id, id + " is on another node, and " + reason);
  }

  private static byte[] noRoom(ObjectId id, String why) {
    return bytes(
        id,
        Kind.STORE_FULL,
        why
            + ". Release what is no longer read, or start the node with a larger object"
            + " store");
  }

  /// Another node has it, and could not send it for so long.
  static byte[] notCome(ObjectId id, Duration timeout, String reason) {
    return bytes(
        id,
        Kind.FETCH_TIMED_OUT,
        ("it is on another node, and its bytes have not come for more than %d s, at last because"
                + " of %s (expected: UDP between the nodes, at the numbers of their ports, and"
                + " room in their object stores)")
            .formatted(timeout.toSeconds(), reason));
  }

  private static byte[] bytes(ObjectId id, Kind kind, String message) {
    return ErrorObject.of(kind, id.high(), id.low(), "", message).encode();
  }
}
