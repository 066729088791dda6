package org.rayakka.node.scheduling.local;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.object.ObjectManager.AwaitObjects;
import org.rayakka.node.object.ObjectManager.AwaitOrLocate;
import org.rayakka.node.object.ObjectManager.ObjectElsewhere;
import org.rayakka.node.object.ObjectManager.ObjectsReady;
import org.rayakka.objectstore.StoreNode;
import org.rayakka.objectstore.StoreSettings;
import org.rayakka.objectstore.UnsealedObject;

class HeldTasksTest {
  private static final ActorTestKit KIT = ActorTestKit.create("held", ConfigFactory.empty());
  private static final StoreNode STORE =
      StoreNode.create(StoreSettings.ofCapacity(4 << 20).withEntries(64).withPrefault(false));
  private static final NodeId THERE = new NodeId(2, 2);
  private static final NodeId FURTHER = new NodeId(3, 3);
  private static final ObjectId FIRST = new ObjectId(7, 1, 1);
  private static final ObjectId SECOND = new ObjectId(7, 2, 1);

  private final TestProbe<ObjectManager.Command> objects = KIT.createTestProbe();
  private final TestProbe<ObjectsReady> ready = KIT.createTestProbe();
  private final TestProbe<ObjectElsewhere> elsewhere = KIT.createTestProbe();
  private final HeldTasks held =
      new HeldTasks(STORE.client(), objects.getRef(), ready.getRef(), elsewhere.getRef());

  @AfterAll
  static void stop() {
    STORE.close();
    KIT.shutdownTestKit();
  }

  @Test
  void waitsForEachArgumentAndAsksForItOnce() {
    QueuedTask both = QueuedTasks.task(1, FIRST, SECOND, FIRST);
    QueuedTask one = QueuedTasks.task(2, FIRST);

    assertThat(held.hold(both, false)).isTrue();
    assertThat(objects.expectMessageClass(AwaitObjects.class).ids()).containsExactly(FIRST, SECOND);
    assertThat(held.hold(one, false)).isTrue();
    objects.expectNoMessage();

    assertThat(held.isReady(FIRST)).containsExactly(one);
    assertThat(held.isReady(SECOND)).containsExactly(both);
    assertThat(held.isReady(SECOND)).isEmpty();
  }

  @Test
  void doesNotHoldWhatHasItsArguments() {
    ObjectId here = new ObjectId(7, 3, 1);
    seal(here, 10);

    assertThat(held.hold(QueuedTasks.task(1), true)).isFalse();
    assertThat(held.hold(QueuedTasks.task(2, here), true)).isFalse();
    objects.expectNoMessage();
  }

  @Test
  void bringsAnArgumentThatIsElsewhereOnlyForThoseThatStay() {
    QueuedTask moving = QueuedTasks.task(1, FIRST);
    QueuedTask staying = QueuedTasks.task(2, FIRST);

    held.hold(moving, true);
    assertThat(objects.expectMessageClass(AwaitOrLocate.class).ids()).containsExactly(FIRST);
    held.hold(staying, false);
    objects.expectNoMessage();

    assertThat(held.isElsewhere(new ObjectElsewhere(FIRST, 5_000, List.of(THERE))))
        .containsExactly(moving);
    assertThat(objects.expectMessageClass(AwaitObjects.class).ids()).containsExactly(FIRST);
    assertThat(moving.elsewhere).isEqualTo(Map.of(THERE, 5_000L));
    assertThat(held.isReady(FIRST)).containsExactly(staying);
  }

  @Test
  void tellsWhereMoreBytesAreThanHere() {
    ObjectId here = new ObjectId(7, 4, 1);
    seal(here, 6_000);
    QueuedTask task = QueuedTasks.task(1, here, FIRST, SECOND);

    held.hold(task, true);
    held.isElsewhere(new ObjectElsewhere(FIRST, 5_000, List.of(THERE, FURTHER)));
    assertThat(held.mostBeside(task, Objects.requireNonNull(task.elsewhere))).isNull();
    assertThat(held.isElsewhere(new ObjectElsewhere(SECOND, 2_000, List.of(FURTHER))))
        .containsExactly(task);

    assertThat(held.mostBeside(task, Objects.requireNonNull(task.elsewhere)))
        .isEqualTo(Map.entry(FURTHER, 7_000L));
  }

  @Test
  void forgetsWhatIsCancelledAndWhatAJobLeaves() {
    QueuedTask cancelled = QueuedTasks.task(1, FIRST);
    QueuedTask left = QueuedTasks.task(2, FIRST, SECOND);
    held.hold(cancelled, false);
    held.hold(left, false);

    held.remove(cancelled);
    assertThat(held.isReady(FIRST)).isEmpty();
    held.endJob(new JobId(1));
    assertThat(held.isReady(SECOND)).isEmpty();
  }

  private static void seal(ObjectId id, long size) {
    try (UnsealedObject object = STORE.client().create(id, 0, size)) {
      object.seal();
    }
  }
}
