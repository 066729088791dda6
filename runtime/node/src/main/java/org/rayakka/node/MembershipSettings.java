package org.rayakka.node;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// How a node is a member of its cluster.
///
/// @param isHead whether it is the head: the first member, beside its cluster's Redis
/// @param port on which other nodes reach it; 0: a free one
/// @param joinTimeout how long it tries to become a member
/// @param failureTimeout after how long a silence a member counts as lost
/// @param seedNodes `host:port` of the heads through which it joins; empty: those of the node table
/// @param isBootstrapped whether nodes find the head by Akka Cluster Bootstrap
/// @param akka further settings of Akka, weaker than what the node sets itself
public record MembershipSettings(
    boolean isHead,
    int port,
    Duration joinTimeout,
    Duration failureTimeout,
    List<String> seedNodes,
    boolean isBootstrapped,
    Config akka) {
  private static final Pattern HOST_AND_PORT = Pattern.compile("[^:/@\\s]+:\\d{1,5}");

  private static final Duration SHORTEST_FAILURE_TIMEOUT = Duration.ofSeconds(2);

  /// Checks the values.
  public MembershipSettings {
    seedNodes = List.copyOf(seedNodes);
    if (isBootstrapped && !seedNodes.isEmpty()) {
      throw new IllegalArgumentException(
          "seedNodes: " + seedNodes + " (expected: none, as nodes find the head by bootstrap)");
    }
    for (String seed : seedNodes) {
      if (!HOST_AND_PORT.matcher(seed).matches()) {
        throw new IllegalArgumentException(
            "seedNodes: '" + seed + "' (expected: host:port, the port being the head's own)");
      }
    }
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
