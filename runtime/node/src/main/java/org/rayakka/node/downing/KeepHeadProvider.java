package org.rayakka.node.downing;

import akka.actor.ActorSystem;
import akka.actor.Props;
import akka.cluster.Cluster;
import akka.cluster.DowningProvider;
import akka.cluster.sbr.SplitBrainResolver;
import akka.cluster.sbr.SplitBrainResolverSettings;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;

/// Akka's Split Brain Resolver with {@link KeepHead} as its strategy; Akka makes it by the name of
/// its class.
public final class KeepHeadProvider extends DowningProvider {
  /// The role of the head.
  public static final String HEAD_ROLE = "head";

  private final ActorSystem system;
  private final FiniteDuration stableAfter;

  /// Called by Akka.
  ///
  /// @param system the node's
  public KeepHeadProvider(ActorSystem system) {
    this.system = system;
    stableAfter = new SplitBrainResolverSettings(system.settings().config()).DowningStableAfter();
  }

  @Override
  public FiniteDuration downRemovalMargin() {
    return stableAfter;
  }

  @Override
  public Option<Props> downingActorProps() {
    Cluster cluster = Cluster.get(system);
    return Option.apply(
        SplitBrainResolver.props(
            stableAfter,
            new KeepHead(
                cluster.settings().SelfDataCenter(), cluster.selfUniqueAddress(), HEAD_ROLE)));
  }
}
