package org.rayakka.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.function.Supplier;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.NodeLoad;
import org.rayakka.node.control.NodeRow;
import org.rayakka.node.scheduling.global.GlobalScheduler;

/// Tells the node table and the global scheduler, again and again, that this node is there and what
/// it has.
final class Heartbeat {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  enum Command {
    BEAT
  }

  private final ControlState control;
  private final ActorRef<GlobalScheduler.Command> globalScheduler;
  private final NodeRow row;
  private final Supplier<NodeLoad> load;

  private Heartbeat(
      ControlState control,
      ActorRef<GlobalScheduler.Command> globalScheduler,
      NodeRow row,
      Supplier<NodeLoad> load) {
    this.load = load;
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
  static Behavior<Command> create(
      ControlState control,
      ActorRef<GlobalScheduler.Command> globalScheduler,
      NodeRow row,
      Supplier<NodeLoad> load) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(
            timers -> new Heartbeat(control, globalScheduler, row, load).running(timers)));
  }

  private Behavior<Command> running(TimerScheduler<Command> timers) {
    control.nodes().register(row);
    beat();
    timers.startTimerWithFixedDelay(Command.BEAT, INTERVAL);
    return Behaviors.receiveMessage(beat -> {
      beat();
      return Behaviors.same();
    });
  }

  private void beat() {
    NodeLoad now = load.get();
    globalScheduler.tell(
        new GlobalScheduler.ReportLoad(
            row.id(), row.resources(), now.waitingTasks() + now.runningTasks()));
    control.nodes().heartbeat(row.id(), System.currentTimeMillis(), now);
  }
}
