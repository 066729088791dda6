package org.rayakka.node.downing;

import akka.cluster.Member;
import akka.cluster.UniqueAddress;
import akka.cluster.sbr.DowningStrategy;
import akka.cluster.sbr.DowningStrategy.DownAll$;
import akka.cluster.sbr.DowningStrategy.DownIndirectlyConnected$;
import akka.cluster.sbr.DowningStrategy.DownReachable$;
import akka.cluster.sbr.DowningStrategy.DownUnreachable$;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.collection.immutable.Set;

/// The side of the head stays, and the head stays whatever happens: Redis and the jobs' rows are
/// beside it, so a cluster without it is none. Akka's `keep-oldest` gives up the oldest member too
/// when only the link between it and one other is broken, or when a picture does not settle; here
/// that costs the other nodes at most, those that do not reach each other.
final class KeepHead extends DowningStrategy {
  private final String headRole;

  KeepHead(String selfDataCenter, UniqueAddress self, String headRole) {
    super(selfDataCenter, self);
    this.headRole = headRole;
  }

  @Override
  public Option<String> role() {
    return Option.apply(headRole);
  }

  @Override
  public Decision decide() {
    if (hasIndirectlyConnected()) {
      return DownIndirectlyConnected$.MODULE$;
    }
    Member head = head();
    if (head == null) {
      return DownAll$.MODULE$;
    }
    return unreachable(head) ? DownReachable$.MODULE$ : DownUnreachable$.MODULE$;
  }

  /// What a decision means. Akka decides to down all when the picture changes all the time; then
  /// what was decided for the present picture holds.
  @Override
  public Set<UniqueAddress> nodesToDown(Decision decision) {
    Set<UniqueAddress> down =
        super.nodesToDown(decision.equals(DownAll$.MODULE$) ? decide() : decision);
    Member head = head();
    return head == null ? down : down.$minus(head.uniqueAddress());
  }

  private @Nullable Member head() {
    return membersWithRole().headOption().getOrElse(() -> null);
  }
}
