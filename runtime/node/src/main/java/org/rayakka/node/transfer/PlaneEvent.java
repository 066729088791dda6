package org.rayakka.node.transfer;

/// What happens on the {@link TransferPlane}, for the actor that decides what follows.
sealed interface PlaneEvent {
  /// Bytes can be sent and received.
  ///
  /// @param endpoint where this node takes them
  /// @param nonce what a stream to it has to prove that it knows
  record Up(String endpoint, long nonce) implements PlaneEvent {}

  /// The plane has ended, or did not start. What it had to do is not done.
  ///
  /// @param reason for a person
  record Down(String reason) implements PlaneEvent {}

  /// An object is complete, sealed and readable.
  ///
  /// @param transferId its transfer
  record Complete(long transferId) implements PlaneEvent {}

  /// Answer to {@link TransferPlane#stop}: nothing more is written for the transfer.
  ///
  /// @param transferId the transfer
  record Stopped(long transferId) implements PlaneEvent {}

  /// The store has no room for the object; what comes of it is dropped.
  ///
  /// @param transferId the transfer
  record NoRoom(long transferId) implements PlaneEvent {}

  /// What came is wrong, or nothing comes.
  ///
  /// @param transferId the transfer
  /// @param reason for a person
  record Broken(long transferId, String reason) implements PlaneEvent {}

  /// An object could not be sent, or not all of it.
  ///
  /// @param transferId the transfer
  /// @param reason for a person
  record Unsent(long transferId, String reason) implements PlaneEvent {}
}
