package org.rayakka.node;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ClusterEvent.MemberLeft;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import akka.cluster.typed.Subscribe;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.NodeLoad;
import org.rayakka.node.control.NodeRow;
import org.rayakka.node.scheduling.global.GlobalScheduler;

/// Tells the node table and the global scheduler, again and again, that this node is there and what
/// it has; and reads in the table whether the cluster still counts it as one. A node that was
/// silent for too long, and goes on, may hear of that from nobody else: the others speak to it no
/// more. One that leaves, for whatever reason, says so to the global scheduler first: nothing is
/// placed there while its departure makes its way through the cluster.
final class Heartbeat {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /// What the heartbeat is told.
  sealed interface Command {}

  private enum Beat implements Command {
    TICK
  }

  /// The table says that the node was lost.
  private enum GivenUp implements Command {
    ANSWER
  }

  /// The table says no such thing, or cannot be read: the next beat asks again.
  private enum Counted implements Command {
    ANSWER
  }

  /// A member has begun to leave its cluster.
  private record Leaves(Address address) implements Command {}

  private final ActorContext<Command> context;
  private final ControlState control;
  private final ActorRef<GlobalScheduler.Command> globalScheduler;
  private final NodeRow row;
  private final Supplier<NodeLoad> load;
  private final CompletableFuture<Void> registered;

  private Heartbeat(
      ActorContext<Command> context,
      ControlState control,
      ActorRef<GlobalScheduler.Command> globalScheduler,
      NodeRow row,
      Supplier<NodeLoad> load,
      CompletableFuture<Void> registered) {
    this.context = context;
    this.load = load;
    this.registered = registered;
    this.control = control;
    this.globalScheduler = globalScheduler;
    this.row = row;
  }

  /// Makes the actor.
  ///
  /// @param control where the node table is
  /// @param globalScheduler hears of it too
  /// @param row the node
  /// @param load how busy the node is
  /// @param registered completed when the table lists the node
  static Behavior<Command> create(
      ControlState control,
      ActorRef<GlobalScheduler.Command> globalScheduler,
      NodeRow row,
      Supplier<NodeLoad> load,
      CompletableFuture<Void> registered) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(timers ->
            new Heartbeat(context, control, globalScheduler, row, load, registered)
                .running(timers)));
  }

  private Behavior<Command> running(TimerScheduler<Command> timers) {
    Cluster.get(context.getSystem())
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(
                    MemberLeft.class, event -> new Leaves(event.member().address())),
                MemberLeft.class));
    control.nodes().register(row);
    var _ =
        control
            .flush()
            .whenComplete((written, failure) -> {
              if (failure == null) {
                registered.complete(null);
              } else {
                registered.completeExceptionally(failure);
              }
            });
    beat();
    timers.startTimerWithFixedDelay(Beat.TICK, INTERVAL);
    return Behaviors.receiveMessage(this::onCommand);
  }

  private Behavior<Command> onCommand(Command command) {
    switch (command) {
      case Beat.TICK -> {
        beat();
        context.pipeToSelf(
            control.nodes().find(row.id()),
            (found, failure) ->
                failure == null
                        && found
                            .map(NodeRow::leftReason)
                            .filter(Membership.LOST::equals)
                            .isPresent()
                    ? GivenUp.ANSWER
                    : Counted.ANSWER);
      }
      case GivenUp.ANSWER -> {
        context.getLog().error("cluster state=lost: this node was silent for too long, and ends");
        Cluster cluster = Cluster.get(context.getSystem());
        cluster.manager().tell(new Down(cluster.selfMember().address()));
        return Behaviors.stopped();
      }
      case Leaves(var address) -> {
        if (address.equals(Cluster.get(context.getSystem()).selfMember().address())) {
          globalScheduler.tell(new GlobalScheduler.NodeGone(row.id()));
          return Behaviors.stopped();
        }
      }
      case Counted.ANSWER -> {
        // As ever.
      }
    }
    return Behaviors.same();
  }

  private void beat() {
    NodeLoad now = load.get();
    globalScheduler.tell(
        new GlobalScheduler.ReportLoad(
            row.id(), row.resources(), now.waitingTasks() + now.runningTasks()));
    control.nodes().heartbeat(row.id(), System.currentTimeMillis(), now);
  }
}
