package org.rayakka.node.transfer;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How a node uses Aeron.
///
/// @param port that objects arrive at, by UDP; 0: a free one
/// @param mtuBytes the largest datagram; 0: what suits the address
/// @param directory of a media driver that runs already; null: the node's process runs its own
public record AeronSettings(int port, int mtuBytes, @Nullable Path directory) {
  private static final int LEAST_MTU = 1_408;
  private static final int GREATEST_MTU = 65_504;
  private static final int MTU_STEP = 32;

  /// A free port, datagrams that suit the address, a driver of its own.
  static final AeronSettings DEFAULT = new AeronSettings(0, 0, null);

  /// Checks the numbers.
  public AeronSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (mtuBytes != 0) {
      requireMtu("mtuBytes", mtuBytes);
    }
  }

  /// Checks a size of datagrams.
  ///
  /// @param name what its user knows it as
  /// @param bytes the size
  /// @throws IllegalArgumentException if Aeron does not take it
  public static void requireMtu(String name, int bytes) {
    if (bytes < LEAST_MTU || bytes > GREATEST_MTU || bytes % MTU_STEP != 0) {
      throw new IllegalArgumentException(
          "%s: %d (expected: auto, or a multiple of %d from %d to %d)"
              .formatted(name, bytes, MTU_STEP, LEAST_MTU, GREATEST_MTU));
    }
  }
}
