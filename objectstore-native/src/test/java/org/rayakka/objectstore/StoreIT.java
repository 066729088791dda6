package org.rayakka.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rayakka.api.id.ObjectId;

/// Several processes on one store, which holds a quarter of what they make. Rows 3, 12, 194, 195.
@Timeout(90)
final class StoreIT {
  private static final long CAPACITY = 10 << 20;

  private final StoreNode node = StoreNode.create(StoreSettings.ofCapacity(CAPACITY));
  private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
  private final Set<Client> running = new LinkedHashSet<>();

  @AfterEach
  void close() {
    running.forEach(client -> client.process.destroyForcibly());
    node.close();
  }

  /// A {@link ChaosClient} and the thread that answers it.
  private final class Client {
    final int slot;
    final Process process;
    final CountDownLatch ready = new CountDownLatch(1);
    final AtomicReference<String> done = new AtomicReference<>("");
    final Thread answerer;

    Client(long seed, long millis) throws IOException, URISyntaxException {
      synchronized (node) {
        slot = node.openSlot(1);
      }
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx64m",
                  "-cp",
                  classPath(),
                  ChaosClient.class.getName(),
                  node.segmentPath().toString(),
                  "" + slot,
                  "" + seed,
                  "" + millis)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      answerer = Thread.ofPlatform().daemon().start(this::answer);
      running.add(this);
    }

    private void answer() {
      try (BufferedReader lines =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
          Writer answers = process.outputWriter(StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String[] words = line.split(" ", 2);
          switch (words[0]) {
            case "READY" -> ready.countDown();
            case "ROOM" -> {
              synchronized (node) {
                answers.write(node.makeRoom(Long.parseLong(words[1])) + "\n");
              }
              answers.flush();
            }
            case "DONE" -> done.set(words[1]);
            default -> complaints.add(line);
          }
        }
      } catch (IOException | UncheckedIOException killed) {
        // The pipe ends with the process.
        ready.countDown();
      }
    }

    /// Waits for its end, and sweeps.
    void bury() throws InterruptedException {
      process.waitFor();
      answerer.join();
      running.remove(this);
      synchronized (node) {
        node.sweep(slot);
      }
    }
  }

  private static String classPath() throws URISyntaxException {
    Set<String> places = new LinkedHashSet<>();
    for (Class<?> type :
        new Class<?>[] {ChaosClient.class, ObjectStore.class, ObjectId.class, NullMarked.class}) {
      places.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, places);
  }

  @Test
  void readsNothingButWhatWasWrittenWhileOthersEvictIt() throws Exception {
    Client one = new Client(1, 4000);
    Client two = new Client(2, 4000);
    one.bury();
    two.bury();
    assertThat(complaints).isEmpty();
    assertThat(one.process.exitValue()).isZero();
    assertThat(two.process.exitValue()).isZero();
    assertThat(one.done.get()).matches("[1-9]\\d* [1-9]\\d*");
    assertThat(two.done.get()).matches("[1-9]\\d* [1-9]\\d*");
    StoreAudit.check(node);
  }

  /// As many kills as fit into the time: each at a random moment of a client's work, while another
  /// goes on. What is left is checked after each pair. `CrashTest` has every single place.
  @Test
  void staysWholeWhenClientsAreKilled() throws Exception {
    long seed = Long.getLong("chaos.seed", System.nanoTime());
    Random random = new Random(seed);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(12);
    int kills = 0;
    while (System.nanoTime() < end || kills < 4) {
      Client one = new Client(random.nextLong(), 60_000);
      Client two = new Client(random.nextLong(), 60_000);
      for (Client client : new Client[] {one, two}) {
        client.ready.await();
        client.process.waitFor(random.nextInt(60_000), TimeUnit.MICROSECONDS);
        client.process.destroyForcibly();
        client.bury();
        kills++;
      }
      assertThat(complaints).as("seed %s, kill %s", seed, kills).isEmpty();
      StoreAudit.check(node);
    }
    assertThat(node.usage().objects()).as("seed %s", seed).isPositive();
  }
}
