package org.rayakka.node.scheduling.local;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.api.id.TaskId;
import org.rayakka.node.object.ObjectManager;
import org.rayakka.node.peer.PeerMessage;
import org.rayakka.node.peer.Peers;
import org.rayakka.node.scheduling.global.GlobalScheduler;
import org.rayakka.node.scheduling.global.GlobalScheduler.PlaceTasks;
import org.rayakka.node.scheduling.global.GlobalScheduler.Placements;
import org.rayakka.node.scheduling.local.LocalScheduler.Cancellation;
import org.rayakka.node.worker.WorkerPool;
import org.rayakka.objectstore.StoreNode;
import org.rayakka.objectstore.StoreSettings;
import org.rayakka.protocol.ErrorObject;

/// Cancellation of what has not started here; `CancelIT` has what runs.
class CancellationsTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create("cancellations", ConfigFactory.empty());
  private static final StoreNode STORE =
      StoreNode.create(StoreSettings.ofCapacity(1 << 20).withEntries(64).withPrefault(false));
  private static final NodeId THERE = new NodeId(2, 2);
  private static final ObjectId ARGUMENT = new ObjectId(7, 1, 1);

  private final TestProbe<ObjectManager.Command> objects = KIT.createTestProbe();
  private final TestProbe<GlobalScheduler.Command> globalScheduler = KIT.createTestProbe();
  private final TestProbe<Peers.Command> peers = KIT.createTestProbe();
  private final TestProbe<WorkerPool.Command> workerPool = KIT.createTestProbe();
  private final TestProbe<Cancellation> subscriber = KIT.createTestProbe();

  private final ReadyQueue ready = new ReadyQueue();
  private final HeldTasks held =
      new HeldTasks(
          STORE.client(),
          objects.getRef(),
          KIT.<ObjectManager.ObjectsReady>createTestProbe().getRef(),
          KIT.<ObjectManager.ObjectElsewhere>createTestProbe().getRef());
  private final AwayTasks away =
      new AwayTasks(
          new NodeId(1, 1),
          globalScheduler.getRef(),
          KIT.<Placements>createTestProbe().getRef(),
          peers.getRef());
  private final Map<TaskId, QueuedTask> tasks = new HashMap<>();
  private final Map<QueuedTask, ErrorObject.Kind> unstarted = new HashMap<>();
  private final Cancellations cancellations =
      new Cancellations(tasks, ready, held, away, workerPool.getRef(), unstarted::put);

  @AfterAll
  static void stop() {
    STORE.close();
    KIT.shutdownTestKit();
  }

  private QueuedTask task(long number, ObjectId... references) {
    QueuedTask task = QueuedTasks.task(number, references);
    tasks.put(task.spec.taskId(), task);
    return task;
  }

  @Test
  void whatWaitsForAWorkerDoesNotRun() {
    QueuedTask cancelled = task(1);
    QueuedTask other = task(2);
    ready.add(cancelled);
    ready.add(other);

    cancellations.cancel(cancelled.spec.taskId(), false, true);

    assertThat(unstarted).containsOnly(Map.entry(cancelled, ErrorObject.Kind.CANCELLED));
    assertThat(ready.poll(QueuedTasks.CLASS)).isSameAs(other);
    assertThat(ready.isEmpty()).isTrue();
    // It has submitted nothing.
    subscriber.expectNoMessage();
  }

  @Test
  void whatWaitsForAnArgumentWaitsNoMore() {
    QueuedTask cancelled = task(1, ARGUMENT);
    held.hold(cancelled, false);

    cancellations.cancel(cancelled.spec.taskId(), true, false);

    assertThat(unstarted).containsOnlyKeys(cancelled);
    assertThat(held.isReady(ARGUMENT)).isEmpty();
  }

  @Test
  void whoRunsATaskElsewhereIsAskedToStopIt() {
    QueuedTask cancelled = task(1);
    away.add(cancelled);
    away.request(0);
    long request = globalScheduler.expectMessageClass(PlaceTasks.class).request();
    away.placed(new Placements(request, Map.of(THERE, 1), ""), ready);
    peers.expectMessageClass(Peers.RunElsewhere.class);

    cancellations.cancel(cancelled.spec.taskId(), true, true);

    assertThat(peers.expectMessageClass(Peers.Send.class))
        .isEqualTo(
            new Peers.Send(THERE, new PeerMessage.CancelTask(cancelled.spec.taskId(), true, true)));
    assertThat(cancelled.isCancelled()).isTrue();
    assertThat(unstarted).isEmpty();
  }

  @Test
  void whatIsNoTaskIsTold() {
    cancellations.subscribe(subscriber.getRef());
    TaskId call = new TaskId(1, 9);

    cancellations.cancel(call, false, true);
    subscriber.expectMessage(new Cancellation.NotATask(call, true));

    cancellations.cancelChildren(Set.of(call));
    subscriber.expectMessage(new Cancellation.OfChildren(Set.of(call)));
  }
}
