package org.rayakka.node.control.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/// A real Redis server for a test: with a password, and a file of all changes so that it finds them
/// again after it was killed.
final class TestRedis implements AutoCloseable {
  static final String PASSWORD = "only-for-this-test";

  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Path directory;
  private final int port;
  private @Nullable Process process;

  private TestRedis(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  static TestRedis start(Path directory) throws IOException, InterruptedException {
    TestRedis server = begin(directory);
    server.awaitAnswer();
    return server;
  }

  /// Starts a server and does not wait for it.
  static TestRedis begin(Path directory) throws IOException {
    Files.createDirectories(directory);
    TestRedis server = new TestRedis(directory, freePort());
    server.launch();
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      return socket.getLocalPort();
    }
  }

  /// The program, unpacked once for all servers of a test run.
  private static final class Program {
    static final Path PATH = unpack();

    private static Path unpack() {
      try {
        Path folder = Files.createDirectories(Path.of("target", "redis"));
        return ExecutableProvider.newJarResourceProvider(folder.toFile()).get().toPath();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private void launch() throws IOException {
    Path configuration = directory.resolve("redis.conf");
    Files.write(
        configuration,
        List.of(
            "bind 127.0.0.1",
            "port " + port,
            "requirepass " + PASSWORD,
            "dir " + directory.toAbsolutePath(),
            "save \"\"",
            "appendonly yes",
            "appendfsync no"));
    process =
        new ProcessBuilder(
                Program.PATH.toAbsolutePath().toString(), configuration.toAbsolutePath().toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("redis.log").toFile()))
            .start();
  }

  void awaitAnswer() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_NANOS;
    while (true) {
      try (Jedis jedis = connect()) {
        jedis.ping();
        return;
      } catch (JedisException notYet) {
        Process current = process;
        if (current == null || !current.isAlive() || System.nanoTime() - deadline > 0) {
          throw new IOException(Files.readString(directory.resolve("redis.log")), notYet);
        }
        LockSupport.parkNanos(5_000_000);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
  }

  /// Starts it again on the same port, with what it had written.
  void restart() throws IOException, InterruptedException {
    launch();
    awaitAnswer();
  }

  /// Ends it as `kill -9` does.
  void kill() throws InterruptedException {
    Process current = process;
    process = null;
    if (current != null) {
      current.destroyForcibly().waitFor();
    }
  }

  RedisAddress address() {
    return new RedisAddress("127.0.0.1", port);
  }

  Jedis connect() {
    Jedis jedis =
        new Jedis(
            new HostAndPort("127.0.0.1", port),
            DefaultJedisClientConfig.builder().resp2().password(PASSWORD).build());
    jedis.connect();
    return jedis;
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
