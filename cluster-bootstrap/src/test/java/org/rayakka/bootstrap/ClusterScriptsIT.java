package org.rayakka.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.config.keys.AuthorizedKeysAuthenticator;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.shell.ProcessShellFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rayakka.api.Ray;
import org.rayakka.api.options.InitOptions;
import org.rayakka.api.runtimecontext.NodeInfo;
import org.rayakka.bootstrap.RayProcess.Ended;

/// The scripts for several machines, over the system's `ssh` and a server of it on each of several
/// loopback addresses, which stand for the machines.
@Timeout(180)
class ClusterScriptsIT {
  private static final Pattern JOIN = Pattern.compile("ray start --redis-address=(\\S+)");
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private Path root = Path.of("");
  private String temporaryFolder = "";
  private final List<SshServer> servers = new ArrayList<>();
  private int port;

  @BeforeEach
  void prepare() throws Exception {
    assumeTrue(isInstalled("ssh") && isInstalled("ssh-keygen"), "ssh is not installed");
    temporaryFolder = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", Files.createDirectories(folder.resolve("tmp")).toString());
    Files.createDirectories(folder.resolve("home"));
    Files.writeString(
        folder.resolve("test.conf"),
        """
        ray {
          node { num-cpus = 1, num-workers = 1 }
          object-store.memory = 64 MiB
          worker.heap-maximum = 128 MiB
        }
        """);
    assertThat(
            run(List.of("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", key().toString()))
                .status())
        .isZero();
    root = folder.resolve("rayakka");
    copyScripts(root);
  }

  @AfterEach
  void stop() throws Exception {
    Ray.shutdown();
    for (SshServer server : servers) {
      server.close();
    }
    RayProcess.run(folder, List.of("stop"));
    System.setProperty("java.io.tmpdir", temporaryFolder);
  }

  private static boolean isInstalled(String command) {
    return List.of(System.getenv("PATH").split(":", -1)).stream()
        .anyMatch(entry -> Files.isExecutable(Path.of(entry, command)));
  }

  private Path key() {
    return folder.resolve("key");
  }

  /// An installation: the scripts of the repository, and a `ray` that runs what is being tested.
  private void copyScripts(Path to) throws IOException {
    Path from = Path.of("..", "scripts", "cluster");
    Path scripts = Files.createDirectories(to.resolve("scripts/cluster"));
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, scripts.resolve(file.getFileName()));
      }
    }
    List<String> command = RayProcess.command(folder.resolve("tmp"));
    Path ray = to.resolve("scripts/ray");
    Files.writeString(ray, "#!/bin/sh\nexec '" + String.join("' '", command) + "' \"$@\"\n");
    Files.setPosixFilePermissions(ray, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// Starts a server that runs commands by the shell, with the test's folder of settings.
  private void serve(String address) throws IOException {
    SshServer server = SshServer.setUpDefaultServer();
    server.setHost(address);
    server.setPort(port);
    server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider(folder.resolve("host-key")));
    server.setPublickeyAuthenticator(new AuthorizedKeysAuthenticator(folder.resolve("key.pub")));
    String home = "export XDG_CONFIG_HOME='" + folder.resolve("home") + "'; ";
    server.setCommandFactory((channel, command) ->
        new ProcessShellFactory(home + command, home + command).createShell(channel));
    server.start();
    port = server.getPort();
    servers.add(server);
  }

  private Path hosts(String... lines) throws IOException {
    return Files.writeString(
        folder.resolve("workers.txt"), "# hosts\n\n" + String.join("\n", lines) + "\n");
  }

  private String node(String address) {
    return address
        + ":"
        + port
        + "  --node-ip-address="
        + address
        + " --config-file="
        + folder.resolve("test.conf");
  }

  private Ended script(String name, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(root.resolve("scripts/cluster").resolve(name).toString());
    command.addAll(List.of(arguments));
    return run(command);
  }

  private Ended run(List<String> command) throws Exception {
    Path output = folder.resolve("script-output");
    Path error = folder.resolve("script-error");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(error.toFile());
    builder.environment().put("XDG_CONFIG_HOME", folder.resolve("home").toString());
    builder
        .environment()
        .put(
            "RAY_SSH_OPTIONS",
            "-i %s -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=%s"
                .formatted(key(), folder.resolve("known-hosts")));
    int status = builder.start().waitFor();
    return new Ended(status, Files.readString(output), Files.readString(error));
  }

  static String where(long millis) throws InterruptedException {
    Thread.sleep(millis);
    return Ray.getRuntimeContext().getAllNodeInfo().stream()
        .filter(node -> node.nodeId().equals(Ray.getRuntimeContext().getCurrentNodeId()))
        .map(NodeInfo::nodeAddress)
        .findFirst()
        .orElse("unknown");
  }

  // rows 217, 218, 220-224
  @Test
  void startsAClusterOverSshAndStopsIt() throws Exception {
    serve("127.0.0.11");
    serve("127.0.0.12");
    Path workers =
        hosts(node("127.0.0.11"), node("127.0.0.12") + " --num-cpus=2  # twice as large");

    Ended started =
        script(
            "start.sh",
            "-h",
            workers.toString(),
            "--node-ip-address=127.0.0.1",
            "--config-file=" + folder.resolve("test.conf"));

    assertThat(started.error()).isEmpty();
    assertThat(started.status()).isZero();
    assertThat(started.output())
        .contains("[127.0.0.11:" + port + "] The node runs at 127.0.0.11")
        .endsWith("2 nodes joined the head.\n");
    Path password = folder.resolve("home/rayakka/redis-password");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
        .isEqualTo("rw-------");
    Matcher address = JOIN.matcher(started.output());
    assertThat(address.find()).isTrue();
    System.setProperty("ray.redis.password-file", password.toString());
    try {
      Ray.init(InitOptions.builder().setRedisAddress(address.group(1)).build());
    } finally {
      System.clearProperty("ray.redis.password-file");
    }
    Set<String> nodes =
        new HashSet<>(
            Ray.get(
                IntStream.range(0, 1_000)
                    .mapToObj(i -> Ray.task(ClusterScriptsIT::where, 10L).remote())
                    .toList(),
                SOON));
    assertThat(nodes).containsExactlyInAnyOrder("127.0.0.1", "127.0.0.11", "127.0.0.12");
    Ray.shutdown();

    Ended stopped = script("stop.sh", "-h", workers.toString());

    assertThat(stopped.error()).isEmpty();
    assertThat(stopped.status()).isZero();
    assertThat(stopped.output()).contains("Stopped the head at 127.0.0.1");
    assertThat(RayProcess.run(folder, List.of("status")).status()).isEqualTo(1);
  }

  // rows 221, 223
  @Test
  void namesTheHostsThatFail() throws Exception {
    serve("127.0.0.11");
    Path workers = hosts("127.0.0.11:" + port, "127.0.0.13:" + port);

    Ended ran = script("run.sh", "-h", workers.toString(), "echo", "it's", "-h", "\"me\"");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.output()).contains("[127.0.0.11:" + port + "] it's -h \"me\"\n");
    assertThat(ran.error()).isEqualTo("run.sh: failed on 1 of 2 hosts: 127.0.0.13:" + port + "\n");
  }

  // rows 225, 226
  @Test
  void copiesFilesAndTheInstallation() throws Exception {
    serve("127.0.0.11");
    Path workers = hosts("127.0.0.11:" + port);
    Path data = Files.createDirectories(folder.resolve("my data"));
    Files.writeString(data.resolve("a.txt"), "a");
    Path there = folder.resolve("there");

    Ended copied =
        script("sync.sh", "-h", workers.toString(), "-t", there.toString(), data.toString());

    assertThat(copied.error()).isEmpty();
    assertThat(copied.status()).isZero();
    assertThat(Path.of(there + data.toString()).resolve("a.txt")).hasContent("a");

    Path installed = Files.createDirectories(folder.resolve("installed"));
    Files.writeString(installed.resolve("old"), "of the last version");
    Ended upgraded =
        script("upgrade.sh", "-h", workers.toString(), "-d", installed.toString(), "--no-pull");
    assertThat(upgraded.error()).isEmpty();
    assertThat(upgraded.status()).isZero();
    assertThat(upgraded.output()).contains("rayakka ").endsWith("Upgraded 1 hosts.\n");
    assertThat(installed.resolve("old")).doesNotExist();
    assertThat(run(List.of(installed.resolve("scripts/ray").toString(), "version")).status())
        .isZero();
  }

  @Test
  void saysWhatIsWrongWithItsOptions() throws Exception {
    Ended noFile = script("start.sh", "-h", "missing.txt");
    assertThat(noFile.status()).isEqualTo(1);
    assertThat(noFile.error()).contains("missing.txt cannot be read (expected:");
    Ended help = script("stop.sh", "--help");
    assertThat(help.status()).isZero();
    assertThat(help.output()).startsWith("Usage: stop.sh");
    Ended empty = script("run.sh", "-h", hosts().toString(), "uptime");
    assertThat(empty.error()).contains("names no host (expected:");
  }
}
