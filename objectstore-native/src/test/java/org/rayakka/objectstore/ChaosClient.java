package org.rayakka.objectstore;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ObjectId;

/// A client process that reads and creates random objects, and checks every byte it reads, until
/// its time is over or it is killed. Speaks in lines: `READY`, `ROOM bytes` (answered by a line),
/// `DONE reads creations`, `WRONG …`.
final class ChaosClient {
  private static final int OBJECTS = 400;
  private static final int MAX_BYTES = 200_000;

  private final ObjectStore store;
  private final Random random;
  private final BufferedReader answers =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private long reads;
  private long creations;

  private ChaosClient(Path segment, int slot, long seed) {
    this.random = new Random(seed);
    this.store = ObjectStore.attach(segment, slot, this::requestSpace);
  }

  public static void main(String[] args) throws Exception {
    ChaosClient client =
        new ChaosClient(Path.of(args[0]), Integer.parseInt(args[1]), Long.parseLong(args[2]));
    say("READY");
    long end = System.nanoTime() + Long.parseLong(args[3]) * 1_000_000;
    while (System.nanoTime() < end) {
      client.step();
    }
    client.store.close();
    say("DONE " + client.reads + " " + client.creations);
  }

  /// The size of an object, which is the same whoever makes it.
  static long sizeOf(long number) {
    return new Random(number).nextInt(MAX_BYTES);
  }

  private void step() throws InterruptedException {
    long number = 1L + random.nextInt(OBJECTS);
    ObjectId id = Pattern.id(number);
    if (random.nextInt(50) == 0) {
      store.await(List.of(id), 1, System.nanoTime() + 200_000);
    }
    try (@Nullable SealedObject object = store.get(id)) {
      if (object != null) {
        check(object, number);
        reads++;
        return;
      }
    }
    try (UnsealedObject object = store.create(id, (int) id.low(), sizeOf(number))) {
      Pattern.fill(object.data(), id);
      if (random.nextInt(10) != 0) {
        object.seal();
        creations++;
      }
    } catch (ObjectExistsException | ObjectStoreFullException notNow) {
      // Another client was first, or holds too much: the next step tries another object.
      return;
    }
  }

  private static void check(SealedObject object, long number) {
    long wrong = Pattern.firstWrong(object.view(), object.id());
    if (object.size() != sizeOf(number) || wrong >= 0) {
      say("WRONG " + object.id() + " size " + object.size() + " byte " + wrong);
      System.exit(3);
    }
  }

  private synchronized long requestSpace(long bytes) {
    say("ROOM " + bytes);
    try {
      String answer = answers.readLine();
      return answer == null ? 0 : Long.parseLong(answer);
    } catch (IOException gone) {
      return 0;
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
