package org.rayakka.node.code;

import java.util.List;
import org.rayakka.api.id.JobId;

/// What nodes say to each other about code.
public sealed interface CodeMessage {

  /// To the driver's node: what is the code of this job?
  ///
  /// @param jobId which
  record Describe(JobId jobId) implements CodeMessage {}

  /// Answer to {@link Describe}.
  ///
  /// @param jobId which
  /// @param files its class path, in order
  record Described(JobId jobId, List<CodeFile> files) implements CodeMessage {
    /// Copies its list.
    public Described {
      files = List.copyOf(files);
    }
  }

  /// Answer to {@link Describe}: its code cannot be read.
  ///
  /// @param jobId which
  /// @param reason for a person
  record NotDescribed(JobId jobId, String reason) implements CodeMessage {}

  /// To the driver's node: send a piece of a file.
  ///
  /// @param sha256 of the file
  /// @param offset where the piece begins
  record Read(String sha256, long offset) implements CodeMessage {}

  /// Answer to {@link Read}.
  ///
  /// @param sha256 of the file
  /// @param offset where the piece begins
  /// @param bytes the piece
  @SuppressWarnings("ArrayRecordComponent") // written as they are, never compared
  record Piece(String sha256, long offset, byte[] bytes) implements CodeMessage {}

  /// Answer to {@link Read}: there is no such piece.
  ///
  /// @param sha256 of the file
  /// @param reason for a person
  record NoPiece(String sha256, String reason) implements CodeMessage {}
}
