package org.rayakka.acceptance;

import java.util.ArrayList;
import java.util.List;
import org.rayakka.api.AddressInfo;
import org.rayakka.api.Ray;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;

/// The small node that the tests of this package run on.
final class Cluster {
  private static final long STORE_BYTES = 256L << 20;

  private Cluster() {}

  /// Options for a node with so many CPUs, which prints no errors of tasks.
  static InitOptions.Builder options(int numCpus) {
    return InitOptions.builder()
        .setNumCpus(numCpus)
        .setNumWorkers(Math.min(numCpus, 2))
        .setObjectStoreMemory(STORE_BYTES)
        .setDriverMode(DriverMode.SILENT);
  }

  static AddressInfo start(int numCpus) {
    return Ray.init(options(numCpus).build());
  }

  /// The process that runs this.
  static long pid() {
    return ProcessHandle.current().pid();
  }

  /// Takes so long as work that is waited for; not a wait for a condition.
  static long work(long millis) throws InterruptedException {
    Thread.sleep(millis);
    return millis;
  }

  static List<Integer> range(int from, int to) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = from; i < to; i++) {
      numbers.add(i);
    }
    return numbers;
  }
}
