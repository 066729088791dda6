package org.rayakka.testkit.readme;

// README: begin
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.Ray;
import org.rayakka.testkit.RayTest;

/// Counts words in other processes.
@RayTest(numCpus = 4, resources = "printer=1")
class WordsIT {
  static int length(String word) {
    return word.length();
  }

  static class Counts {
    private final Map<String, Integer> counts = new TreeMap<>();

    int add(String word) {
      return counts.merge(word, 1, Integer::sum);
    }
  }

  @Test
  void measuresEachWordOnAnyWorker() {
    var lengths =
        List.of("to", "be", "or", "not").stream()
            .map(word -> Ray.task(WordsIT::length, word).remote())
            .toList();
    assertEquals(List.of(2, 2, 2, 3), Ray.get(lengths));
  }

  @Test
  void countsInOneActor() {
    ActorHandle<Counts> counts = Ray.actor(Counts::new).remote();
    counts.task(Counts::add, "be").remote();
    assertEquals(2, counts.task(Counts::add, "be").remote().get());
  }

  @Test
  void asksForWhatTheNodeOffers(AddressInfo address) {
    var length = Ray.task(WordsIT::length, "page").setResource("printer", 1.0).remote();
    assertEquals(4, length.get());
    assertTrue(address.redisAddress().startsWith("127.0.0.1:"));
  }

  // README: end
}
