package org.rayakka.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.id.ObjectId;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;

/// What Redis knows of a node that runs, with a primary server and one shard.
@Timeout(60)
class RedisTablesIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static List<Jedis> servers = List.of();

  @BeforeAll
  static void start() throws IOException {
    AddressInfo info = Ray.init(Cluster.options(2).setNumRedisShards(1).build());
    servers = new ArrayList<>(List.of(connect(info, info.redisAddress())));
    for (String shard : info.redisShardAddresses()) {
      servers.add(connect(info, shard));
    }
  }

  @AfterAll
  static void stop() {
    servers.forEach(Jedis::close);
    Ray.shutdown();
  }

  private static Jedis connect(AddressInfo info, String address) throws IOException {
    HostAndPort server = HostAndPort.from(address);
    Path configuration = Path.of(info.sessionDirectory(), "redis-" + server.getPort() + ".conf");
    String password =
        Files.readAllLines(configuration).stream()
            .filter(line -> line.startsWith("requirepass "))
            .map(line -> line.substring("requirepass ".length()))
            .findFirst()
            .orElseThrow();
    return new Jedis(server, DefaultJedisClientConfig.builder().password(password).build());
  }

  static class Counter {
    int call() {
      return 1;
    }
  }

  static int add(int a, int b) {
    return a + b;
  }

  static NdArray zeros(int length) {
    return NdArray.of(new double[length]);
  }

  static double first(NdArray array) {
    return array.getDouble(0);
  }

  static int fail() {
    throw new IllegalStateException("for the table");
  }

  private static Set<String> keys(String pattern) {
    Set<String> keys = new HashSet<>();
    servers.forEach(server -> keys.addAll(server.keys(pattern)));
    return keys;
  }

  private static Map<String, String> hash(String key) {
    for (Jedis server : servers) {
      Map<String, String> fields = server.hgetAll(key);
      if (!fields.isEmpty()) {
        return fields;
      }
    }
    return Map.of();
  }

  /// What a task's row says to people; empty if there is none.
  private static String line(String key) {
    return servers.stream()
        .map(server -> server.getrange(key, 0, 99).strip())
        .collect(Collectors.joining());
  }

  private static long usedBytes() {
    return servers.stream()
        .mapToLong(server ->
            server
                .info("memory")
                .lines()
                .filter(line -> line.startsWith("used_memory_dataset:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).trim()))
                .sum())
        .sum();
  }

  private static String objectKey(ObjectId id) {
    return "object:" + id.hex();
  }

  /// Whether the row of a result's task tells the result's size.
  private static boolean isMade(ObjectRef<?> result) {
    return line("task:" + result.getId().taskId().hex()).split("\\|", -1).length == 5;
  }

  // rows 9, 13
  @Test
  void hasAPrimaryAndAShard() {
    assertThat(servers).hasSize(2);
    assertThat(servers).allSatisfy(server -> assertThat(server.ping()).isEqualTo("PONG"));
  }

  // rows 7, 8, 178, 183
  @Test
  void recordsATaskAndHowFarItIs() throws Exception {
    ObjectRef<Integer> sum = Ray.task(RedisTablesIT::add, 1, 2).remote();
    assertThat(sum.get()).isEqualTo(3);
    String task = sum.getId().taskId().hex();

    Await.until("the task DONE", SOON, () -> line("task:" + task).startsWith("DONE|"));

    String node = Ray.getRuntimeContext().getAllNodeInfo().getFirst().nodeId().hex();
    String job = Ray.getRuntimeContext().getCurrentJobId().hex();
    assertThat(line("task:" + task)).matches("DONE\\|" + node + "\\|0\\|" + job + "\\|[0-9]+");
  }

  // rows 173, 174
  @Test
  void recordsAFunction() throws Exception {
    Ray.task(RedisTablesIT::add, 1, 2).remote().get();

    Await.until(
        "the function",
        SOON,
        () ->
            keys("function:*").stream()
                .map(key -> functionName(key))
                .anyMatch("org.rayakka.acceptance.RedisTablesIT.add"::equals));
  }

  private static String functionName(String key) {
    return servers.stream()
        .map(server -> server.hget(key, "class") + "." + server.hget(key, "method"))
        .filter(name -> !name.startsWith("null"))
        .findFirst()
        .orElse("");
  }

  // rows 7, 55, 186, 187
  @Test
  void recordsWhereObjectsAre() throws Exception {
    ObjectRef<Integer> result = Ray.task(RedisTablesIT::add, 1, 2).remote();
    ObjectRef<NdArray> put = Ray.put(zeros(100_000));
    assertThat(result.get()).isEqualTo(3);
    String node = Ray.getRuntimeContext().getAllNodeInfo().getFirst().nodeId().hex();

    Await.until(
        "the put with this node as its holder",
        SOON,
        () -> hash(objectKey(put.getId())).containsKey(node));
    Await.until("the result with its size", SOON, () -> isMade(result));

    assertThat(put.getId().isPut()).isTrue();
    assertThat(result.getId().isPut()).isFalse();
    assertThat(Long.parseLong(hash(objectKey(put.getId())).getOrDefault("size", "0")))
        .isGreaterThanOrEqualTo(800_000);
  }

  // row 7
  @Test
  void growsLittleWhenALargeObjectIsPut() throws Exception {
    Ray.task(RedisTablesIT::add, 1, 2).remote().get();
    long before = usedBytes();

    ObjectRef<NdArray> put = Ray.put(zeros(1_250_000));
    Await.until("the object", SOON, () -> !hash(objectKey(put.getId())).isEmpty());

    assertThat(usedBytes() - before).isLessThan(100_000);
    assertThat(put.get().size()).isEqualTo(1_250_000);
  }

  // rows 54, 56, 179
  @Test
  void storesALargeArgumentOncePerPut() throws Exception {
    NdArray array = zeros(100_000);
    Set<String> before = keys("object:*");
    ObjectRef<NdArray> ref = Ray.put(array);
    List<ObjectRef<Double>> byReference = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      byReference.add(Ray.task(RedisTablesIT::first, ref).remote());
    }
    Ray.get(byReference);
    Await.until(
        "the objects of the calls by reference",
        SOON,
        () ->
            byReference.stream().allMatch(RedisTablesIT::isMade)
                && !hash(objectKey(ref.getId())).isEmpty());
    assertThat(puts(before)).isEqualTo(1);

    List<ObjectRef<Double>> byValue = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      byValue.add(Ray.task(RedisTablesIT::first, array).remote());
    }
    assertThat(Ray.get(byValue)).hasSize(10).containsOnly(0.0);
    assertThat(ref.get()).isEqualTo(array);
  }

  private static long puts(Set<String> before) {
    Set<String> added = keys("object:*");
    added.removeAll(before);
    return added.stream()
        .map(key -> ObjectId.parse(key.substring("object:".length())))
        .filter(ObjectId::isPut)
        .count();
  }

  // rows 4, 13, 15, 183
  @Test
  void recordsTheNodeAndTheJob() {
    String node = Ray.getRuntimeContext().getAllNodeInfo().getFirst().nodeId().hex();
    String job = Ray.getRuntimeContext().getCurrentJobId().hex();

    assertThat(keys("node:*")).containsExactly("node:" + node);
    assertThat(hash("node:" + node).getOrDefault("resources", "")).contains("CPU=2.0");
    assertThat(hash("job:" + job)).containsEntry("pid", Long.toString(Cluster.pid()));
  }

  // row 110
  @Test
  void recordsAnActor() throws Exception {
    ActorHandle<Counter> actor = Ray.actor(Counter::new).setName("in the table").remote();
    actor.task(Counter::call).remote().get();

    Await.until(
        "the actor ALIVE",
        SOON,
        () -> "ALIVE".equals(hash("actor:" + actor.getId().hex()).get("state")));

    assertThat(hash("actor:" + actor.getId().hex())).containsEntry("name", "in the table");
    actor.kill();
    Await.until(
        "the actor DEAD",
        SOON,
        () -> "DEAD".equals(hash("actor:" + actor.getId().hex()).get("state")));
  }

  // rows 10, 101
  @Test
  void publishesErrorsAndObjects() throws Exception {
    CountDownLatch error = new CountDownLatch(1);
    CountDownLatch subscribed = new CountDownLatch(1);
    JedisPubSub listener =
        new JedisPubSub() {
          @Override
          public void onMessage(String channel, String message) {
            if (message.contains("for the table")) {
              error.countDown();
            }
          }

          @Override
          public void onSubscribe(String channel, int subscribedChannels) {
            subscribed.countDown();
          }
        };
    AddressInfo info = Ray.internal().addressInfo();
    try (Jedis subscriber = connect(info, info.redisAddress())) {
      Thread thread = Thread.ofVirtual().start(() -> subscriber.subscribe(listener, "error"));
      assertThat(subscribed.await(10, TimeUnit.SECONDS)).isTrue();

      Ray.task(RedisTablesIT::fail).remote();

      assertThat(error.await(10, TimeUnit.SECONDS)).isTrue();
      listener.unsubscribe();
      thread.join();
    }
    String job = Ray.getRuntimeContext().getCurrentJobId().hex();
    Await.until("the error's row", SOON, () -> !keys("error:" + job).isEmpty());
  }
}
