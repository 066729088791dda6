package org.rayakka.node.transfer;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How objects move between nodes.
///
/// @param address by which other nodes reach this one
/// @param port that objects arrive at; 0: a free one
/// @param mtuBytes the largest datagram; 0: what suits the address
/// @param incomingBytes objects of so many bytes in all are on their way here at a time
/// @param stallTimeout a transfer that brings nothing for so long is given up
/// @param aeronDirectory of a media driver that runs already; null: this process runs its own
/// @param secret what the nodes of the cluster know and nobody else does
public record TransferSettings(
    String address,
    int port,
    int mtuBytes,
    long incomingBytes,
    Duration stallTimeout,
    @Nullable Path aeronDirectory,
    String secret) {
  private static final int LEAST_MTU = 1_408;
  private static final int GREATEST_MTU = 65_504;

  /// Checks the numbers.
  public TransferSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (mtuBytes != 0
        && (mtuBytes < LEAST_MTU || mtuBytes > GREATEST_MTU || mtuBytes % Integer.SIZE != 0)) {
      throw new IllegalArgumentException(
          "mtuBytes: %d (expected: 0, or a multiple of %d from %d to %d)"
              .formatted(mtuBytes, Integer.SIZE, LEAST_MTU, GREATEST_MTU));
    }
    if (incomingBytes < 1) {
      throw new IllegalArgumentException("incomingBytes: " + incomingBytes + " (expected: > 0)");
    }
    if (!stallTimeout.isPositive()) {
      throw new IllegalArgumentException("stallTimeout: " + stallTimeout + " (expected: > 0)");
    }
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("secret: empty (expected: at least one character)");
    }
  }

  @Override
  public String toString() {
    // Without the secret.
    return "TransferSettings[" + address + ":" + port + "]";
  }
}
