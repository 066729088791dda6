package org.rayakka.node.scheduling.local;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.scheduling.global.GlobalScheduler;
import org.rayakka.node.scheduling.global.GlobalScheduler.PlaceTasks;
import org.rayakka.node.scheduling.global.GlobalScheduler.Placements;

class AwayTasksTest {
  private static final ActorTestKit KIT = ActorTestKit.create("away", ConfigFactory.empty());
  private static final NodeId HERE = new NodeId(1, 1);
  private static final NodeId THERE = new NodeId(2, 2);

  private final TestProbe<GlobalScheduler.Command> globalScheduler = KIT.createTestProbe();
  private final TestProbe<Placements> placements = KIT.createTestProbe();
  private final TestProbe<Peers.Command> peers = KIT.createTestProbe();
  private final AwayTasks away =
      new AwayTasks(HERE, globalScheduler.getRef(), placements.getRef(), peers.getRef());
  private long lastTask;

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private QueuedTask task() {
    return QueuedTasks.task(++lastTask);
  }

  private void placeFirst() {
    away.add(task());
    away.request(0);
    PlaceTasks question = globalScheduler.expectMessageClass(PlaceTasks.class);
    assertThat(question.count()).isEqualTo(1);
    away.placed(new Placements(question.request(), Map.of(THERE, 1), ""), new ReadyQueue());
    assertThat(peers.expectMessageClass(Peers.RunElsewhere.class).on()).isEqualTo(THERE);
  }

  @Test
  void sendsTheNextTaskOfAKindWithoutAQuestion() {
    placeFirst();

    away.add(task());
    away.request(0);

    assertThat(peers.expectMessageClass(Peers.RunElsewhere.class).on()).isEqualTo(THERE);
    globalScheduler.expectNoMessage();
    assertThat(away.count()).isEqualTo(2);
  }

  @Test
  void asksAgainWhenTheNodeIsGone() {
    placeFirst();

    assertThat(away.lost(THERE)).hasSize(1);
    away.add(task());
    away.request(0);

    globalScheduler.expectMessageClass(PlaceTasks.class);
    peers.expectNoMessage();
  }
}
