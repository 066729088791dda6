package org.rayakka.node;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Decides, from several looks at the node table, whether a node may join and through whom.
///
/// An address belongs to one node of a cluster at a time. Whether the one that the table names
/// still lives is seen by its signs of life: they are compared with one another, never with a
/// clock, as machines disagree about the time.
final class JoinPolicy {
  /// A node of the table that has not left.
  ///
  /// @param host its machine
  /// @param address of its actor system
  /// @param isHead whether nodes join through it
  /// @param signOfLife a number that grows while it lives
  record Candidate(String host, String address, boolean isHead, long signOfLife) {}

  /// What to do next.
  sealed interface Decision {
    /// Join through these.
    record Join(List<String> seeds) implements Decision {
      public Join {
        seeds = List.copyOf(seeds);
      }
    }

    /// Give up: this node lives, and has the address.
    record Taken(Candidate by) implements Decision {}

    /// Look again.
    enum Wait implements Decision {
      NO_HEAD,
      ADDRESS_IN_DOUBT
    }
  }

  private final String host;
  private final int looksInDoubt;
  private final Map<String, Long> firstSigns = new HashMap<>();
  private int looks;

  /// For one attempt to join.
  ///
  /// @param host of the node that wants to join
  /// @param looksInDoubt after how many looks without a sign of life a node counts as dead
  JoinPolicy(String host, int looksInDoubt) {
    this.host = host;
    this.looksInDoubt = looksInDoubt;
  }

  Decision onLook(List<Candidate> nodes) {
    looks++;
    boolean isInDoubt = false;
    for (Candidate node : nodes) {
      if (node.host().equals(host)) {
        Long first = firstSigns.putIfAbsent(node.address(), node.signOfLife());
        if (first != null && first != node.signOfLife()) {
          return new Decision.Taken(node);
        }
        isInDoubt = true;
      }
    }
    if (isInDoubt && looks < looksInDoubt) {
      return Decision.Wait.ADDRESS_IN_DOUBT;
    }
    List<String> heads =
        nodes.stream()
            .filter(node -> node.isHead() && !node.host().equals(host))
            .map(Candidate::address)
            .toList();
    return heads.isEmpty() ? Decision.Wait.NO_HEAD : new Decision.Join(heads);
  }
}
