package org.rayakka.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import org.rayakka.node.control.ControlState;
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

  private Heartbeat(
      ControlState control, ActorRef<GlobalScheduler.Command> globalScheduler, NodeRow row) {
    this.control = control;
    this.globalScheduler = globalScheduler;
    this.row = row;
  }

  static Behavior<Command> create(
      ControlState control, ActorRef<GlobalScheduler.Command> globalScheduler, NodeRow row) {
    return Behaviors.setup(context ->
        Behaviors.withTimers(
            timers -> new Heartbeat(control, globalScheduler, row).running(timers)));
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
    globalScheduler.tell(new GlobalScheduler.ReportLoad(row.id(), row.resources(), 0));
    control.nodes().heartbeat(row.id(), System.currentTimeMillis(), row.load());
  }
}
