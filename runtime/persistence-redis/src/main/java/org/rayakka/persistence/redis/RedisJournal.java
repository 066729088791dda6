package org.rayakka.persistence.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.rayakka.persistence.redis.RedisConnection.score;
import static redis.clients.jedis.params.ZRangeParams.zrangeByScoreParams;

import akka.actor.ActorSystem;
import akka.persistence.AtomicWrite;
import akka.persistence.PersistentRepr;
import akka.persistence.journal.Tagged;
import akka.persistence.journal.japi.AsyncWriteJournal;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import redis.clients.jedis.RedisClient;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/// A journal of Akka Persistence on Redis, `akka-persistence-redis.journal`: the events of an actor
/// are a sorted set by sequence number. Redis has written an event before its actor hears of it;
/// whether it is on disk by then is Redis's `appendfsync`.
///
/// An event that cannot be serialised is rejected, and its actor goes on. If Redis does not answer,
/// the write fails and its actor is stopped, as Akka Persistence wants it. Tags of events are not
/// kept: there are no queries by tag.
public final class RedisJournal extends AsyncWriteJournal {
  /// Redis's scores are doubles; beyond this, whole numbers are not exact.
  private static final long MAX_SCORE = 1L << 53;

  private final RedisConnection connection;
  private final Serialization serialization;
  private final Executor replays;
  private final RedisClient client;
  private final JournalWriter writer;
  private final int pageSize;

  /// Called by Akka.
  ///
  /// @param config the journal's block
  public RedisJournal(Config config) {
    ActorSystem system = context().system();
    connection = RedisConnection.of(system, config);
    serialization = SerializationExtension.get(system);
    replays = system.dispatchers().lookup(config.getString("replay-dispatcher"));
    pageSize = config.getInt("replay-page-size");
    client = connection.open();
    writer = new JournalWriter(connection, client, config.getInt("max-waiting-writes"));
  }

  @Override
  public void postStop() throws Exception {
    super.postStop();
    writer.close();
    client.close();
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
      Iterable<AtomicWrite> messages) {
    List<CompletableFuture<Optional<Exception>>> writes = new ArrayList<>();
    for (AtomicWrite message : messages) {
      writes.add(write(message));
    }
    return FutureConverters.asScala(
        CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
            .thenApply(done -> writes.stream().map(CompletableFuture::join).toList()));
  }

  private CompletableFuture<Optional<Exception>> write(AtomicWrite message) {
    List<byte[]> events = new ArrayList<>();
    try {
      for (PersistentRepr event : CollectionConverters.asJava(message.payload())) {
        events.add(Long.toString(event.sequenceNr()).getBytes(UTF_8));
        events.add(bytes(event));
      }
    } catch (Exception e) {
      // Akka throws checked exceptions that it does not declare.
      return CompletableFuture.completedFuture(Optional.of(e));
    }
    return writer.write(message.persistenceId(), events).thenApply(done -> Optional.empty());
  }

  private byte[] bytes(PersistentRepr event) {
    PersistentRepr plain =
        event.payload() instanceof Tagged tagged ? event.withPayload(tagged.payload()) : event;
    return serialization.serialize(plain.withTimestamp(System.currentTimeMillis())).get();
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
    String upTo = toSequenceNr >= MAX_SCORE ? "+inf" : Long.toString(toSequenceNr);
    return done(writer.delete(persistenceId, upTo));
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
    // Behind the writes that are under way.
    return FutureConverters.asScala(writer.readHighest(persistenceId));
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String persistenceId,
      long fromSequenceNr,
      long toSequenceNr,
      long max,
      Consumer<PersistentRepr> replayCallback) {
    return done(
        CompletableFuture.runAsync(
            () -> replay(persistenceId, fromSequenceNr, toSequenceNr, max, replayCallback),
            replays));
  }

  private void replay(
      String persistenceId, long from, long to, long max, Consumer<PersistentRepr> callback) {
    byte[] key = connection.key("events", persistenceId);
    long next = from;
    long left = max;
    while (left > 0 && next <= to) {
      int wanted = (int) Math.min(left, pageSize);
      long first = next;
      List<byte[]> page =
          RedisConnection.read(
              client,
              () ->
                  client.zrange(
                      key, zrangeByScoreParams(score(first), score(to)).limit(0, wanted)));
      for (byte[] bytes : page) {
        PersistentRepr event = serialization.deserialize(bytes, PersistentRepr.class).get();
        next = event.sequenceNr() + 1;
        callback.accept(event);
      }
      left -= page.size();
      if (page.size() < wanted) {
        return;
      }
    }
  }

  private static Future<Void> done(CompletionStage<?> stage) {
    return FutureConverters.asScala(stage.thenAccept(done -> {}));
  }
}
