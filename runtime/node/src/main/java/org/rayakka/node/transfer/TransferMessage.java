package org.rayakka.node.transfer;

import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;

/// What two nodes say to each other about a transfer; the objects' bytes go another way. A transfer
/// is one attempt to bring an object from one holder to one receiver.
///
/// A transfer's number is drawn by the receiver at random, never 0.
public sealed interface TransferMessage {
  /// Receiver to holder: you will be asked to send, so start what that needs. The receiver starts
  /// the same, which takes as long.
  record Prepare() implements TransferMessage {}

  /// Receiver to holder: send me this object.
  ///
  /// @param transferId the transfer
  /// @param id which object
  /// @param offset how many of its first bytes the receiver has already
  /// @param endpoint where the receiver takes bytes, `host:port`
  /// @param nonce what a stream to the receiver has to prove that it knows
  /// @param minBytes if not 0: only if it is in memory and at least so large
  record Ask(long transferId, ObjectId id, long offset, String endpoint, long nonce, long minBytes)
      implements TransferMessage {}

  /// Holder to receiver: nothing more comes.
  ///
  /// @param transferId the transfer
  /// @param reason why
  /// @param detail for a person
  record Refuse(long transferId, Reason reason, String detail) implements TransferMessage {}

  /// Holder to receiver: that node has the object by now, and is less busy.
  ///
  /// @param transferId the transfer, which ends
  /// @param holder whom to ask
  record AskInstead(long transferId, NodeId holder) implements TransferMessage {}

  /// Receiver to holder: the object is complete and readable here.
  ///
  /// @param transferId the transfer
  record Received(long transferId) implements TransferMessage {}

  /// Receiver to holder: send nothing more.
  ///
  /// @param transferId the transfer
  record Cancel(long transferId) implements TransferMessage {}

  /// Why a holder does not send.
  enum Reason {
    /// It does not hold the object.
    LACKING,
    /// Too many wait to be sent something.
    BUSY,
    /// It could not.
    FAILED
  }
}
