package org.rayakka.node.object;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.object.ObjectManager.ObjectElsewhere;
import org.rayakka.node.object.ObjectManager.ObjectsReady;

class WaitersTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final ObjectId ID = new ObjectId(1, 2, 3);
  private static final ObjectId OTHER = new ObjectId(1, 2, 4);
  private static final NodeId NODE = new NodeId(5, 6);

  private final Waiters waiters = new Waiters();
  private final TestProbe<ObjectsReady> needs = KIT.createTestProbe();
  private final TestProbe<ObjectsReady> locates = KIT.createTestProbe();
  private final TestProbe<ObjectElsewhere> elsewhere = KIT.createTestProbe();

  @AfterAll
  static void end() {
    KIT.shutdownTestKit();
  }

  private void both() {
    waiters.await(ID, needs.getRef());
    waiters.awaitOrLocate(ID, locates.getRef(), elsewhere.getRef());
  }

  @Test
  void anObjectThatIsHereIsToldToAllAndOnce() {
    both();
    waiters.await(OTHER, needs.getRef());

    waiters.ready(ID);
    waiters.ready(ID);

    needs.expectMessage(new ObjectsReady(List.of(ID)));
    locates.expectMessage(new ObjectsReady(List.of(ID)));
    assertThat(waiters.isAwaited(ID)).isFalse();
    assertThat(waiters.isAwaited(OTHER)).isTrue();

    waiters.ready(OTHER);
    needs.expectMessage(new ObjectsReady(List.of(OTHER)));
    assertThat(waiters.isEmpty()).isTrue();
    elsewhere.expectNoMessage();
  }

  @Test
  void whereItIsIsToldOnlyToThoseWhoAsked() {
    both();

    waiters.isElsewhere(ID, 7, List.of(NODE));

    elsewhere.expectMessage(new ObjectElsewhere(ID, 7, List.of(NODE)));
    assertThat(waiters.isNeeded(ID)).isTrue();
    waiters.ready(ID);
    needs.expectMessage(new ObjectsReady(List.of(ID)));
    locates.expectNoMessage();
  }

  @Test
  void thoseWhoAskedMayHaveToHaveItHere() {
    waiters.awaitOrLocate(ID, locates.getRef(), elsewhere.getRef());
    assertThat(waiters.isNeeded(ID)).isFalse();

    waiters.needHere(ID);

    assertThat(waiters.isNeeded(ID)).isTrue();
    waiters.forgetLocators(ID);
    waiters.ready(ID);
    locates.expectMessage(new ObjectsReady(List.of(ID)));
    elsewhere.expectNoMessage();
  }

  @Test
  void whoseJobHasEndedIsForgotten() {
    both();
    waiters.forgetLocators(ID);
    assertThat(waiters.isAwaited(ID)).isTrue();

    waiters.awaitOrLocate(OTHER, locates.getRef(), elsewhere.getRef());
    waiters.forgetLocators(OTHER);
    assertThat(waiters.isAwaited(OTHER)).isFalse();
  }
}
