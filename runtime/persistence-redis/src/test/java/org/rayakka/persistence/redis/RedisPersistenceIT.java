package org.rayakka.persistence.redis;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/// Persistent actors on a real server.
@Timeout(60)
class RedisPersistenceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ID = "counter";

  @TempDir private Path folder;
  private TestRedis server;
  private ActorTestKit kit;

  @BeforeEach
  void start() throws Exception {
    server = TestRedis.start(folder);
    kit = ActorTestKit.create("persistence", Configs.of(server));
  }

  @AfterEach
  void end() {
    kit.shutdownTestKit();
    server.close();
  }

  /// Adds up numbers; 0 only asks.
  record Add(long number, ActorRef<Long> replyTo) {}

  /// A persistent sum.
  private static final class Sum extends EventSourcedBehavior<Add, Long, Long> {
    private final boolean snapshots;

    Sum(String id, boolean snapshots) {
      super(PersistenceId.ofUniqueId(id));
      this.snapshots = snapshots;
    }

    @Override
    public Long emptyState() {
      return 0L;
    }

    @Override
    public CommandHandler<Add, Long, Long> commandHandler() {
      return newCommandHandlerBuilder()
          .forAnyState()
          .onAnyCommand((sum, add) ->
              add.number() == 0
                  ? Effect().reply(add.replyTo(), sum)
                  : Effect().persist(add.number()).thenReply(add.replyTo(), state -> state));
    }

    @Override
    public EventHandler<Long, Long> eventHandler() {
      return (sum, number) -> sum + number;
    }

    @Override
    public RetentionCriteria retentionCriteria() {
      return snapshots
          ? RetentionCriteria.snapshotEvery(5, 2).withDeleteEventsOnSnapshot()
          : super.retentionCriteria();
    }
  }

  private ActorRef<Add> spawn(boolean snapshots) {
    Behavior<Add> sum = new Sum(ID, snapshots);
    return kit.spawn(sum);
  }

  private long add(ActorRef<Add> sum, long number) {
    TestProbe<Long> probe = kit.createTestProbe();
    sum.tell(new Add(number, probe.getRef()));
    return probe.receiveMessage(PATIENCE);
  }

  @Test
  void anActorFindsItsStateAgainOverSeveralPages() {
    ActorRef<Add> first = spawn(false);
    for (int i = 1; i <= 10; i++) {
      add(first, i);
    }
    kit.stop(first);

    assertThat(add(spawn(false), 0)).isEqualTo(55);
  }

  @Test
  void anActorFindsItsStateAgainAfterItsServerWasKilled() throws Exception {
    ActorRef<Add> first = spawn(false);
    add(first, 7);
    kit.stop(first);
    server.kill();
    server.restart();

    assertThat(add(spawn(false), 1)).isEqualTo(8);
  }

  @Test
  void snapshotsTakeThePlaceOfDeletedEvents() {
    ActorRef<Add> first = spawn(true);
    for (int i = 1; i <= 23; i++) {
      add(first, i);
    }
    try (Jedis jedis = server.connect()) {
      kit.createTestProbe(Long.class)
          .awaitAssert(
              PATIENCE,
              () -> {
                assertThat(jedis.zcard("akka-persistence:events:" + ID)).isLessThan(20);
                assertThat(jedis.zcard("akka-persistence:snapshots:" + ID)).isBetween(1L, 3L);
                return null;
              });
    }
    kit.stop(first);

    assertThat(add(spawn(true), 1)).isEqualTo(277);
  }

  @Test
  void ofTwoWritersOnlyOneIsHeard() {
    ActorRef<Add> first = spawn(false);
    add(first, 1);
    ActorRef<Add> second = spawn(false);
    add(second, 0);
    add(first, 2);
    TestProbe<Long> probe = kit.createTestProbe();

    second.tell(new Add(100, probe.getRef()));

    probe.expectTerminated(second, PATIENCE);
    probe.expectNoMessage();
    assertThat(add(first, 0)).isEqualTo(3);
    kit.stop(first);
    assertThat(add(spawn(false), 0)).isEqualTo(3);
  }
}
