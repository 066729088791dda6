package org.rayakka.persistence.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.rayakka.persistence.redis.RedisConnection.score;
import static redis.clients.jedis.params.ZRangeParams.zrangeByScoreParams;

import akka.actor.ActorSystem;
import akka.persistence.SelectedSnapshot;
import akka.persistence.SnapshotMetadata;
import akka.persistence.SnapshotSelectionCriteria;
import akka.persistence.serialization.Snapshot;
import akka.persistence.snapshot.japi.SnapshotStore;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.RedisClient;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/// A snapshot store of Akka Persistence on Redis, `akka-persistence-redis.snapshot`: for each actor
/// a sorted set of what snapshots there are, by sequence number, and a hash of their data. The
/// metadata that replicated event sourcing adds to a snapshot is not kept.
public final class RedisSnapshotStore extends SnapshotStore {
  private final RedisConnection connection;
  private final Serialization serialization;
  private final Executor executor;
  private final RedisClient client;

  /// A snapshot that there is, as the sorted set lists it.
  ///
  /// @param sequenceNr of the last event before it
  /// @param timestamp when it was made, in milliseconds since the epoch
  private record Listed(long sequenceNr, long timestamp) {
    static Listed parse(String text) {
      int separator = text.indexOf('|');
      return new Listed(
          Long.parseLong(text.substring(0, separator)),
          Long.parseLong(text.substring(separator + 1)));
    }

    boolean matches(SnapshotSelectionCriteria criteria) {
      return sequenceNr <= criteria.maxSequenceNr()
          && sequenceNr >= criteria.minSequenceNr()
          && timestamp <= criteria.maxTimestamp()
          && timestamp >= criteria.minTimestamp();
    }

    byte[] field() {
      return Long.toString(sequenceNr).getBytes(UTF_8);
    }

    byte[] member() {
      return (sequenceNr + "|" + timestamp).getBytes(UTF_8);
    }
  }

  /// Called by Akka.
  ///
  /// @param config the store's block
  public RedisSnapshotStore(Config config) {
    ActorSystem system = context().system();
    connection = RedisConnection.of(system, config);
    serialization = SerializationExtension.get(system);
    executor = system.dispatchers().lookup(config.getString("store-dispatcher"));
    client = connection.open();
  }

  @Override
  public void postStop() throws Exception {
    super.postStop();
    client.close();
  }

  @Override
  public Future<Optional<SelectedSnapshot>> doLoadAsync(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    return FutureConverters.asScala(
        CompletableFuture.supplyAsync(() -> load(persistenceId, criteria), executor));
  }

  private Optional<SelectedSnapshot> load(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    List<Listed> listed = list(persistenceId, criteria);
    if (listed.isEmpty()) {
      return Optional.empty();
    }
    Listed newest = listed.getLast();
    byte[] data =
        RedisConnection.read(client, () -> client.hget(data(persistenceId), newest.field()));
    if (data == null) {
      // Deleted between the two reads.
      return Optional.empty();
    }
    Object state = serialization.deserialize(data, Snapshot.class).get().data();
    return Optional.of(
        SelectedSnapshot.create(
            SnapshotMetadata.apply(persistenceId, newest.sequenceNr(), newest.timestamp()), state));
  }

  /// The snapshots that match, by sequence number.
  private List<Listed> list(String persistenceId, SnapshotSelectionCriteria criteria) {
    List<Listed> found = new ArrayList<>();
    List<byte[]> members =
        RedisConnection.read(
            client,
            () ->
                client.zrange(
                    index(persistenceId),
                    zrangeByScoreParams(
                        score(criteria.minSequenceNr()), score(criteria.maxSequenceNr()))));
    for (byte[] member : members) {
      Listed listed = Listed.parse(new String(member, UTF_8));
      if (listed.matches(criteria)) {
        found.add(listed);
      }
    }
    return found;
  }

  @Override
  public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object state) {
    return run(() -> {
      byte[] data = serialization.serialize(new Snapshot(state)).get();
      Listed listed = new Listed(metadata.sequenceNr(), metadata.timestamp());
      byte[] index = index(metadata.persistenceId());
      try (AbstractTransaction change = client.multi()) {
        // One that was saved with this number before is replaced.
        change.zremrangeByScore(index, score(listed.sequenceNr()), score(listed.sequenceNr()));
        change.zadd(index, score(listed.sequenceNr()), listed.member());
        change.hset(data(metadata.persistenceId()), listed.field(), data);
        change.exec();
      }
    });
  }

  @Override
  public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
    return run(() ->
        delete(
            metadata.persistenceId(),
            list(
                metadata.persistenceId(),
                SnapshotSelectionCriteria.create(
                    metadata.sequenceNr(), Long.MAX_VALUE, metadata.sequenceNr(), 0))));
  }

  @Override
  public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
    return run(() -> delete(persistenceId, list(persistenceId, criteria)));
  }

  private void delete(String persistenceId, List<Listed> snapshots) {
    if (snapshots.isEmpty()) {
      return;
    }
    try (AbstractTransaction change = client.multi()) {
      for (Listed snapshot : snapshots) {
        change.zrem(index(persistenceId), snapshot.member());
        change.hdel(data(persistenceId), snapshot.field());
      }
      change.exec();
    }
  }

  private byte[] index(String persistenceId) {
    return connection.key("snapshots", persistenceId);
  }

  private byte[] data(String persistenceId) {
    return connection.key("snapshot-data", persistenceId);
  }

  private Future<Void> run(Runnable task) {
    return FutureConverters.asScala(CompletableFuture.runAsync(task, executor));
  }
}
