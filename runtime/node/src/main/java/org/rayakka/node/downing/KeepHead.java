package org.rayakka.node.downing;

import akka.cluster.Member;
import akka.cluster.UniqueAddress;
import akka.cluster.sbr.DowningStrategy;
import akka.cluster.sbr.DowningStrategy.DownAll$;
import akka.cluster.sbr.DowningStrategy.DownIndirectlyConnected$;
import akka.cluster.sbr.DowningStrategy.DownReachable$;
import akka.cluster.sbr.DowningStrategy.DownSelfQuarantinedByRemote$;
import akka.cluster.sbr.DowningStrategy.DownUnreachable$;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.collection.immutable.Set;
import scala.jdk.javaapi.CollectionConverters;

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
    Member head = head();
    if (head == null) {
      return DownAll$.MODULE$;
    }
    if (hasIndirectlyConnected()) {
      return DownIndirectlyConnected$.MODULE$;
    }
    return unreachable(head) ? DownReachable$.MODULE$ : DownUnreachable$.MODULE$;
  }

  /// The same whatever was decided of the picture: Akka decides to down all when it changes all the
  /// time; and when one who is gone was the last to see another go, it finds both on either side of
  /// a broken link, and cannot tell whom to down.
  @Override
  public Set<UniqueAddress> nodesToDown(Decision decision) {
    Member head = head();
    Set<UniqueAddress> all = super.nodesToDown(DownAll$.MODULE$);
    if (head == null) {
      return all;
    }
    if (decision.equals(DownSelfQuarantinedByRemote$.MODULE$)) {
      return super.nodesToDown(decision).$minus(head.uniqueAddress());
    }
    Set<UniqueAddress> broken = indirectlyConnected();
    boolean isHeadElsewhere = unreachable(head) && !broken.contains(head.uniqueAddress());
    Set<UniqueAddress> lost =
        super.nodesToDown(isHeadElsewhere ? DownReachable$.MODULE$ : DownUnreachable$.MODULE$);
    Set<UniqueAddress> down = all.$minus(head.uniqueAddress());
    for (UniqueAddress node : CollectionConverters.asJava(all)) {
      if (!lost.contains(node) && !broken.contains(node)) {
        down = down.$minus(node);
      }
    }
    return down;
  }

  private @Nullable Member head() {
    return membersWithRole().headOption().getOrElse(() -> null);
  }
}
