package org.rayakka.node;

import akka.actor.AddressFromURIString;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ClusterEvent.MemberRemoved;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import akka.cluster.typed.SelfRemoved;
import akka.cluster.typed.SelfUp;
import akka.cluster.typed.Subscribe;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import com.typesafe.config.Config;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.NodeRow;

/// Makes this node a member of its cluster, and keeps the node table's word on who still is one.
///
/// A head is its cluster's first member; the others join through it. Once a node is a member its
/// heartbeat starts, which registers it; a head's starts at once, since whoever joins looks for its
/// row, or where Akka Cluster Bootstrap has to find it, once it can be found. The head records who
/// left or was lost: those cannot be relied upon to do so themselves. If the cluster removes this
/// very node, Akka ends its actor system, and with it the node.
final class Membership {
  /// In the node table, why a node that did not say goodbye is none any longer.
  static final String LOST = "lost";

  /// What membership can be told.
  sealed interface Command {}

  /// This node is a member.
  private record Joined() implements Command {}

  /// This node is none any longer.
  private record Removed() implements Command {}

  private record ManagementStarted(@Nullable Throwable failure) implements Command {}

  /// Another node is none any longer.
  private record OtherRemoved(String address, String reason) implements Command {}

  /// What the table says of it.
  private record Listed(OtherRemoved other, List<NodeRow> rows) implements Command {}

  /// The table cannot be read.
  private record NotListed(OtherRemoved other, Throwable failure) implements Command {}

  private final ActorContext<Command> context;
  private final ControlState control;
  private final Behavior<Heartbeat.Command> heartbeat;
  private final boolean isHead;
  private final boolean isBootstrapped;
  private final CompletableFuture<Void> joined;

  private Membership(
      ActorContext<Command> context,
      ControlState control,
      Behavior<Heartbeat.Command> heartbeat,
      boolean isHead,
      boolean isBootstrapped,
      CompletableFuture<Void> joined) {
    this.context = context;
    this.control = control;
    this.heartbeat = heartbeat;
    this.isHead = isHead;
    this.isBootstrapped = isBootstrapped;
    this.joined = joined;
  }

  /// Joins.
  ///
  /// @param control where the node table is
  /// @param heartbeat started when this node is a member; it completes `joined`
  /// @param seeds through whom to join, by the address of their actor systems; empty: this is the
  ///   head
  /// @param isBootstrapped whether nodes find the head by Akka Cluster Bootstrap
  /// @param joined completed when this node is a member that others find in the table
  static Behavior<Command> create(
      ControlState control,
      Behavior<Heartbeat.Command> heartbeat,
      List<String> seeds,
      boolean isBootstrapped,
      CompletableFuture<Void> joined) {
    return Behaviors.setup(context ->
        new Membership(context, control, heartbeat, seeds.isEmpty(), isBootstrapped, joined)
            .joining(seeds));
  }

  private Behavior<Command> joining(List<String> seeds) {
    Cluster cluster = Cluster.get(context.getSystem());
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(SelfUp.class, up -> new Joined()), SelfUp.class));
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(SelfRemoved.class, removed -> new Removed()),
                SelfRemoved.class));
    if (isHead) {
      cluster
          .subscriptions()
          .tell(
              Subscribe.create(
                  context.messageAdapter(MemberRemoved.class, Membership::otherRemoved),
                  MemberRemoved.class));
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
      if (isBootstrapped) {
        // Answers those that look for it; without that it would be no head for them.
        management();
      } else {
        startHeartbeat();
      }
    } else if (isBootstrapped) {
      management();
      ClusterBootstrap.get(Adapter.toClassic(context.getSystem())).start();
    } else {
      cluster
          .manager()
          .tell(new JoinSeedNodes(seeds.stream().map(AddressFromURIString::parse).toList()));
    }
    return Behaviors.receiveMessage(this::onCommand);
  }

  private void management() {
    context.pipeToSelf(
        AkkaManagement.get(Adapter.toClassic(context.getSystem())).start(),
        (uri, failure) -> new ManagementStarted(failure));
  }

  private String managementAddress() {
    Config http = context.getSystem().settings().config().getConfig("akka.management.http");
    return http.getString("hostname") + ":" + http.getString("port");
  }

  private static OtherRemoved otherRemoved(MemberRemoved event) {
    return new OtherRemoved(
        event.member().address().toString(),
        event.previousStatus().equals(MemberStatus.exiting()) ? "stopped" : LOST);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case Joined() -> becameMember();
      case ManagementStarted(var failure) -> {
        if (failure != null) {
          joined.completeExceptionally(
              new IOException(
                  "cluster bootstrap cannot be reached: " + managementAddress() + ": " + failure,
                  failure));
        } else if (isHead) {
          startHeartbeat();
        }
      }
      case Removed() -> context.getLog().info("cluster state=removed");
      case OtherRemoved other ->
          context.pipeToSelf(
              control.nodes().list(),
              (rows, failure) ->
                  failure == null ? new Listed(other, rows) : new NotListed(other, failure));
      case Listed(var other, var rows) -> record(other, rows);
      case NotListed(var other, var failure) ->
          context.getLog().warn("cluster removed={} stays in the table", other.address(), failure);
    }
    return Behaviors.same();
  }

  private void becameMember() {
    context.getLog().info("cluster state=member");
    if (!isHead) {
      startHeartbeat();
    }
  }

  private void startHeartbeat() {
    context.spawn(heartbeat, "heartbeat");
  }

  private void record(OtherRemoved other, List<NodeRow> rows) {
    for (NodeRow row : rows) {
      if (row.isAlive() && row.address().equals(other.address())) {
        context.getLog().info("cluster node={} state={}", row.id(), other.reason());
        control.nodes().left(row.id(), System.currentTimeMillis(), other.reason());
      }
    }
  }
}
