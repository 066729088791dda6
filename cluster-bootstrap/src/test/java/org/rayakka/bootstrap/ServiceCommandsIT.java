package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.acceptance.Await;
import org.rayakka.api.Ray;
import org.rayakka.api.options.InitOptions;
import org.rayakka.bootstrap.RayProcess.Ended;

/// `ray start`, `ray status` and `ray stop` as processes, over nodes that are services.
@Timeout(120)
class ServiceCommandsIT {
  private static final Pattern JOIN = Pattern.compile("ray start --redis-address=(\\S+)");
  private static final Pattern LOGS = Pattern.compile("logs are in (\\S+)");
  private static final Pattern PROCESS = Pattern.compile("process (\\d+)");

  @TempDir private Path folder;
  private String temporaryFolder = "";

  /// Programs of this process look for sessions where the commands do.
  @BeforeEach
  void separate() throws IOException {
    temporaryFolder = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", Files.createDirectories(folder.resolve("tmp")).toString());
    Files.writeString(
        folder.resolve("test.conf"),
        """
        ray {
          node { num-workers = 0 }
          object-store.memory = 64 MiB
          worker.heap-maximum = 128 MiB
          redis.password-file = "%s"
        }
        """
            .formatted(folder.resolve("redis-password")));
  }

  @AfterEach
  void stop() throws Exception {
    Ray.shutdown();
    ray("stop");
    System.setProperty("java.io.tmpdir", temporaryFolder);
  }

  private Ended ray(String... arguments) throws IOException, InterruptedException {
    return RayProcess.run(folder, List.of(arguments));
  }

  private Ended start(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("start", "--config-file"));
    all.add(folder.resolve("test.conf").toString());
    all.addAll(Arrays.asList(arguments));
    return RayProcess.run(folder, all);
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as("%s in: %s", pattern, text).isTrue();
    return matcher.group(1);
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).isPresent();
  }

  // rows 209-214, 216, 217, 219
  @Test
  void startsAClusterForProgramsAndStopsIt() throws Exception {
    Ended head =
        start("--head", "--num-cpus=1", "--num-redis-shards=1", "--resources={\"ssd\": 2}");
    assertThat(head.error()).isEmpty();
    assertThat(head.status()).isZero();
    assertThat(head.output())
        .contains("password")
        .contains("ray stop")
        .contains("Ray.init(\"redis:");
    String address = first(JOIN, head.output());
    long headPid = Long.parseLong(first(PROCESS, head.output()));
    assertThat(ProcessHandle.of(headPid).orElseThrow().descendants().count())
        .as("two Redis servers, each with its guard's two shells")
        .isGreaterThanOrEqualTo(2);

    Ended second =
        start(
            "--redis-address=" + address,
            "--node-ip-address=127.0.0.2",
            "--num-cpus=2",
            "--num-workers=0");
    assertThat(second.error()).isEmpty();
    long secondPid = Long.parseLong(first(PROCESS, second.output()));

    Ended taken = start("--redis-address=" + address, "--node-ip-address=127.0.0.2");
    assertThat(taken.status()).isEqualTo(1);
    assertThat(taken.error()).contains("127.0.0.2 is that of a live node");

    Ray.init(InitOptions.builder().setRedisAddress(address).build());
    assertThat(Ray.task(String::length, "four").remote().get()).isEqualTo(4);
    Ended status = ray("status", "--address", address);
    assertThat(status.error()).isEmpty();
    assertThat(status.output())
        .startsWith("2 of 2 nodes alive, 1 jobs running; resources in all: CPU=3 ")
        .contains("ssd=2")
        .contains("127.0.0.2");
    Ray.shutdown();
    assertThat(isAlive(headPid)).as("it outlives the program").isTrue();

    List<ProcessHandle> all = new ArrayList<>();
    for (long pid : List.of(headPid, secondPid)) {
      ProcessHandle node = ProcessHandle.of(pid).orElseThrow();
      all.add(node);
      node.descendants().forEach(all::add);
    }
    Ended stopped = ray("stop");
    assertThat(stopped.error()).isEmpty();
    assertThat(stopped.output().lines())
        .containsExactly(
            "Stopped the node at 127.0.0.2, process " + secondPid + ".",
            "Stopped the head at 127.0.0.1, process " + headPid + ".");
    assertThat(all).noneMatch(ProcessHandle::isAlive);
    assertThat(Path.of(first(LOGS, head.output())).getParent()).doesNotExist();
    assertThat(Path.of(first(LOGS, second.output())).getParent()).doesNotExist();
    assertThat(ray("status").status()).isEqualTo(1);
  }

  // row 219
  @Test
  void doesNotStopWhatAProgramStartedForItself() throws Exception {
    Ray.init(
        InitOptions.builder()
            .setNumCpus(1)
            .setNumWorkers(0)
            .setObjectStoreMemory(32L << 20)
            .build());

    Ended stopped = ray("stop");

    assertThat(stopped.output().lines())
        .containsExactly("No node runs here that ray start started.");
    assertThat(Ray.task(String::length, "four").remote().get()).isEqualTo(4);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void configure(String settings) throws IOException {
    Files.writeString(
        folder.resolve("test.conf"), "\n" + settings + "\n", StandardOpenOption.APPEND);
  }

  private String startHead(String... arguments) throws Exception {
    List<String> all =
        new ArrayList<>(List.of("--head", "--num-cpus=1", "--node-ip-address=127.0.0.1"));
    all.addAll(List.of(arguments));
    Ended head = start(all.toArray(String[]::new));
    assertThat(head.error()).isEmpty();
    return first(JOIN, head.output());
  }

  private void joinSecond(String address) throws Exception {
    Ended second =
        start("--redis-address=" + address, "--node-ip-address=127.0.0.2", "--num-cpus=1");
    assertThat(second.error()).isEmpty();
    assertTwoNodes(address);
  }

  private void assertTwoNodes(String address) throws Exception {
    assertThat(ray("status", "--redis-address", address).output()).startsWith("2 of 2 nodes alive");
  }

  @Test
  void joinsThroughTheGivenSeedNodes() throws Exception {
    int port = freePort();
    String address = startHead("--object-manager-port=" + port);
    configure("ray.cluster.seed-nodes = [\"127.0.0.1:" + port + "\"]");
    joinSecond(address);
  }

  @Test
  void findsTheHeadByClusterBootstrap() throws Exception {
    int port = freePort();
    configure(
        """
        ray.cluster.bootstrap = on
        ray.akka {
          management.http.port = %1$d
          management.http.hostname = "127.0.0.1"
          management.cluster.bootstrap.contact-point-discovery {
            service-name = "test", discovery-method = config
          }
          discovery.config.services.test.endpoints = [{ host = "127.0.0.1", port = %1$d }]
        }
        """
            .formatted(port));
    String address = startHead();
    configure("ray.akka.management.http.hostname = \"127.0.0.2\"");
    joinSecond(address);
  }

  @Test
  void saysThatAHeadCannotBeFoundByClusterBootstrap() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      configure(
          """
          ray.cluster.bootstrap = on
          ray.akka.management.http { port = %d, hostname = "127.0.0.1" }
          """
              .formatted(taken.getLocalPort()));
      Ended head = start("--head", "--num-cpus=1", "--node-ip-address=127.0.0.1");
      assertThat(head.status()).isNotZero();
      assertThat(head.error())
          .contains("cluster bootstrap cannot be reached: 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void findsTheHeadByItsNameInDns() throws Exception {
    int port = freePort();
    try (NameServer names = NameServer.start("head.rayakka.test", "127.0.0.1")) {
      configure(
          """
          ray.cluster.bootstrap = on
          ray.akka {
            io.dns.async-dns.nameservers = ["127.0.0.1:%2$d"]
            discovery.method = akka-dns
            management.http { port = %1$d, hostname = "127.0.0.1" }
            management.cluster.bootstrap {
              contact-point-discovery {
                service-name = "head.rayakka.test", discovery-method = akka-dns
              }
              contact-point.fallback-port = %1$d
            }
          }
          """
              .formatted(port, names.port()));
      String address = startHead();
      configure("ray.akka.management.http.hostname = \"127.0.0.2\"");
      joinSecond(address);
      assertThat(names.asked()).contains("A head.rayakka.test.");
    }
  }

  @Test
  void staysAsLongAsItsNodeIfItIsToldTo() throws Exception {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.createSymbolicLink(other.resolve("tmp"), folder.resolve("tmp"));
    Process blocking =
        RayProcess.begin(
            other,
            List.of(
                "start",
                "--config-file",
                folder.resolve("test.conf").toString(),
                "--head",
                "--block"));
    Await.until(
        "the head is up",
        Duration.ofSeconds(30),
        () -> Files.readString(other.resolve("output")).contains("To stop the nodes"));
    long pid = Long.parseLong(first(PROCESS, Files.readString(other.resolve("output"))));
    assertThat(isAlive(pid)).isTrue();

    blocking.destroy();

    assertThat(blocking.waitFor()).isNotZero();
    assertThat(isAlive(pid)).isFalse();
    assertThat(ray("status").status()).isEqualTo(1);
  }

  @Test
  void saysWhyANodeDoesNotStart() throws Exception {
    Path password = folder.resolve("redis-password");
    Files.createFile(
        password,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(password, "secret");
    Files.writeString(
        folder.resolve("test.conf"), "ray.cluster.join-timeout = 1 s", StandardOpenOption.APPEND);

    Ended ended = start("--redis-address=127.0.0.1:1", "--node-ip-address=127.0.0.1");

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.error()).startsWith("ray: the cluster at 127.0.0.1:1: Failed");
  }
}
