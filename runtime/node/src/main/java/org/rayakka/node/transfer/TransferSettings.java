package org.rayakka.node.transfer;

import java.time.Duration;

/// How objects move between nodes.
///
/// @param address by which other nodes reach this one
/// @param aeron which moves the bytes
/// @param incomingBytes objects of so many bytes in all are on their way here at a time
/// @param stallTimeout a transfer that brings nothing for so long is given up
/// @param secret what the nodes of the cluster know and nobody else does
public record TransferSettings(
    String address, AeronSettings aeron, long incomingBytes, Duration stallTimeout, String secret) {
  /// Checks the numbers.
  public TransferSettings {
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
    return "TransferSettings[" + address + ":" + aeron.port() + "]";
  }
}
