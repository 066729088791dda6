package org.rayakka.node;

import java.time.Duration;

/// How a node is a member of its cluster.
///
/// @param isHead whether it is the head: the first member, beside its cluster's Redis
/// @param port on which other nodes reach it; 0: a free one
/// @param joinTimeout how long it tries to become a member
/// @param failureTimeout after how long a silence a member counts as lost
public record MembershipSettings(
    boolean isHead, int port, Duration joinTimeout, Duration failureTimeout) {
  private static final Duration SHORTEST_FAILURE_TIMEOUT = Duration.ofSeconds(2);

  /// Checks the numbers.
  public MembershipSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (joinTimeout.isNegative() || joinTimeout.isZero()) {
      throw new IllegalArgumentException("joinTimeout: " + joinTimeout + " (expected: > 0)");
    }
    if (failureTimeout.compareTo(SHORTEST_FAILURE_TIMEOUT) < 0) {
      throw new IllegalArgumentException(
          "failureTimeout: %s (expected: >= %s)"
              .formatted(failureTimeout, SHORTEST_FAILURE_TIMEOUT));
    }
  }

  /// The silence of a peer after which it is unreachable, from its usual rhythm on.
  Duration unreachableAfter() {
    return failureTimeout.dividedBy(4);
  }

  /// How long the picture of who is unreachable must stand before it is acted upon.
  Duration stableAfter() {
    return failureTimeout.dividedBy(2);
  }
}
