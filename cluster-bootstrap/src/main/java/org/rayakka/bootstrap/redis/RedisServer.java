package org.rayakka.bootstrap.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rayakka.node.control.redis.RedisAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A Redis or Valkey server, as a process of its own.
///
/// It listens on loopback, asks for a password that only a file readable by this user holds, and
/// keeps its files in the session's folder. It does not end with this process by itself: who starts
/// it sees to that, with {@link #close} and with what watches over the session.
public final class RedisServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisServer.class);

  /// How often a port that another process took first is replaced by another.
  private static final int PORT_ATTEMPTS = 5;

  private static final Duration PROBE_EVERY = Duration.ofMillis(10);
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration END_TIMEOUT = Duration.ofSeconds(5);

  /// How much of what it printed an error shows.
  private static final int OUTPUT_BYTES = 4_096;

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Process process;
  private final RedisAddress address;
  private final RedisServerSettings settings;
  private final Path configuration;

  private RedisServer(
      Process process, RedisAddress address, RedisServerSettings settings, Path configuration) {
    this.process = process;
    this.address = address;
    this.settings = settings;
    this.configuration = configuration;
  }

  /// Starts a server and waits until it answers.
  ///
  /// @param settings how
  /// @return the server
  /// @throws IOException if no server program starts; the message holds what each printed
  public static RedisServer start(RedisServerSettings settings) throws IOException {
    return start(settings, System.getenv("PATH"));
  }

  static RedisServer start(RedisServerSettings settings, @Nullable String searchPath)
      throws IOException {
    List<Path> programs = RedisBinary.candidates(searchPath, settings.directory());
    List<String> failures = new ArrayList<>();
    for (Path program : programs) {
      try {
        return start(settings, program);
      } catch (IOException failure) {
        LOG.warn("redis program={} does not start: {}", program, failure.getMessage());
        failures.add(String.valueOf(failure.getMessage()));
      }
    }
    if (failures.isEmpty()) {
      failures.add(
          "no server program for "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch"));
    }
    throw new IOException(
        String.join("\n", failures)
            + "\n(expected: a redis-server or valkey-server on the PATH, or a machine that can run"
            + " the one that comes with Rayakka; or give the address of a running one)");
  }

  private static RedisServer start(RedisServerSettings settings, Path program) throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = settings.port() == 0 ? freePort() : settings.port();
      try {
        return start(settings, program, port);
      } catch (PortTakenException taken) {
        if (settings.port() != 0 || attempt == PORT_ATTEMPTS) {
          throw taken;
        }
      }
    }
  }

  private static final class PortTakenException extends IOException {
    private static final long serialVersionUID = 1L;

    PortTakenException(String message) {
      super(message);
    }
  }

  private static RedisServer start(RedisServerSettings settings, Path program, int port)
      throws IOException {
    Path directory = settings.directory();
    Path configuration = directory.resolve("redis-" + port + ".conf");
    Path output = directory.resolve("redis-" + port + ".log");
    writeConfiguration(configuration, settings, port);
    createOwnerOnly(output);
    long outputBefore = Files.size(output);
    List<String> command = new ArrayList<>(settings.commandPrefix());
    command.add(program.toString());
    command.add(configuration.toAbsolutePath().toString());
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
    RedisServer server =
        new RedisServer(process, new RedisAddress(settings.host(), port), settings, configuration);
    try {
      server.awaitAnswer(program, output, outputBefore);
    } catch (IOException failure) {
      server.close();
      throw failure;
    }
    LOG.info("redis pid={} address={} program={}", process.pid(), server.address, program);
    return server;
  }

  private void awaitAnswer(Path program, Path output, long outputBefore) throws IOException {
    long deadline = System.nanoTime() + settings.startTimeout().toNanos();
    String lastAnswer = "nothing";
    while (process.isAlive()) {
      if (System.nanoTime() - deadline >= 0) {
        throw new IOException(
            program
                + ": answers "
                + lastAnswer
                + " after "
                + settings.startTimeout()
                + " (expected: +PONG); it printed: "
                + tail(output, outputBefore));
      }
      try {
        lastAnswer = ask("PING");
        if (lastAnswer.equals("+PONG")) {
          return;
        }
      } catch (IOException notYet) {
        lastAnswer = notYet.toString();
      }
      LockSupport.parkNanos(this, PROBE_EVERY.toNanos()); // until it listens, only it knows
      if (Thread.currentThread().isInterrupted()) {
        throw new IOException(program + ": interrupted while it starts");
      }
    }
    String printed = tail(output, outputBefore);
    String message = program + ": ended with " + process.exitValue() + ": " + printed;
    String lower = printed.toLowerCase(Locale.ROOT);
    if (lower.contains("address already in use")) {
      throw new PortTakenException(message);
    }
    if (lower.contains("libssl") || lower.contains("libcrypto")) {
      throw new IOException(
          message + "\n(expected: OpenSSL 3, the package libssl3 or openssl-libs, installed)");
    }
    throw new IOException(message);
  }

  /// Where it listens.
  ///
  /// @return the address
  public RedisAddress address() {
    return address;
  }

  /// What its clients must know.
  ///
  /// @return the password
  public String password() {
    return settings.password();
  }

  /// Its process.
  ///
  /// @return the id that the operating system gave it
  public long pid() {
    return process.pid();
  }

  /// Tells when it ends, for whatever reason.
  ///
  /// @return completes with its exit status
  public CompletableFuture<Integer> ended() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /// Ends it: asks it to, then insists. What it wrote to disk stays.
  @Override
  public void close() {
    try {
      if (process.isAlive()) {
        try {
          ask("SHUTDOWN NOSAVE");
        } catch (IOException gone) {
          LOG.debug("redis pid={} shutdown: {}", process.pid(), gone.toString());
        }
      }
      if (!process.waitFor(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroy();
        if (!process.waitFor(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
        }
      }
      Files.deleteIfExists(configuration);
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException notDeleted) {
      LOG.warn("redis configuration={} stays: {}", configuration, notDeleted.toString());
    }
  }

  /// Asks one thing over a connection of its own.
  ///
  /// @return the first line of the answer; that to AUTH if it was refused
  private String ask(String command) throws IOException {
    try (Socket socket = new Socket()) {
      int timeoutMillis = Math.toIntExact(PROBE_TIMEOUT.toMillis());
      socket.connect(new InetSocketAddress(loopback(), address.port()), timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      String request = "AUTH " + settings.password() + "\r\n" + command + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      BufferedReader answers =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String authenticated = answers.readLine();
      if (!"+OK".equals(authenticated)) {
        return String.valueOf(authenticated);
      }
      return String.valueOf(answers.readLine());
    }
  }

  private static void writeConfiguration(Path configuration, RedisServerSettings settings, int port)
      throws IOException {
    String bind =
        settings.host().equals(RedisServerSettings.LOOPBACK)
            ? RedisServerSettings.LOOPBACK
            : RedisServerSettings.LOOPBACK + " " + settings.host();
    List<String> lines =
        List.of(
            "bind " + bind,
            "port " + port,
            "protected-mode yes",
            "requirepass " + settings.password(),
            "daemonize no",
            "dir " + quoted(settings.directory().toAbsolutePath().toString()),
            "save \"\"",
            "appendonly " + (settings.isAppendOnly() ? "yes" : "no"),
            // Its process may die and be started again, which must lose nothing that it has
            // acknowledged: with "everysec" it answers before it writes while the last fsync takes
            // its time. A machine that dies takes the session with it, whatever is on its disk.
            "appendfsync no",
            // Rows of short tasks come and go: what is left of 64 MB, the default, is rewritten all
            // the time, for a tenth of two cores under load. Loading 512 MB takes some seconds.
            "auto-aof-rewrite-min-size 512mb",
            "rdbcompression no",
            // How often a second it does what nobody waits for: few keys expire here, the rows of
            // jobs that ended and of nodes that left.
            "hz 1",
            "maxmemory-policy noeviction");
    Files.deleteIfExists(configuration);
    createOwnerOnly(configuration);
    Files.write(configuration, lines, StandardCharsets.UTF_8);
  }

  private static void createOwnerOnly(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /// A port that was free a moment ago.
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
      return socket.getLocalPort();
    }
  }

  /// The IPv4 one, which the server binds, whatever this machine prefers.
  private static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  private static String tail(Path output, long from) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
      long start = Math.max(from, file.length() - OUTPUT_BYTES);
      byte[] bytes = new byte[(int) (file.length() - start)];
      file.seek(start);
      file.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? "nothing" : text;
    }
  }
}
