package org.rayakka.examples.microbenchmark.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rayakka.examples.microbenchmark.rows.Effort;
import org.rayakka.examples.microbenchmark.rows.Row;

/// What is measured between two nodes, and for its bare transport between two processes.
public final class TwoNodeRows {
  private static final String GROUP = "two nodes";
  private static final int BATCH = 1_000;

  /// What fetches a number of bytes from the other side.
  interface Fetch {
    /// Fetches.
    ///
    /// @param size how many bytes
    /// @return how many seconds it took, without what came before
    double seconds(int size) throws Exception;
  }

  /// One of the two sides of the comparison.
  interface Link {
    /// Runs a task elsewhere, and waits for its result; bare, asks an actor there.
    void task() throws Exception;

    /// Runs so many of them at once.
    void tasks(int count) throws Exception;

    /// Calls an actor elsewhere, and waits for its answer.
    void call() throws Exception;

    /// Makes so many calls at once.
    void calls(int count) throws Exception;

    /// By Aeron, which moves objects between nodes.
    Fetch fetch();

    /// For Rayakka the same; bare, by TCP, which it could use instead.
    Fetch fetchBesideTcp();
  }

  private TwoNodeRows() {}

  /// The rows.
  ///
  /// @param link what they measure
  /// @return rows of the same names for both sides
  static List<Row> of(Link link) {
    List<Row> rows = new ArrayList<>();
    rows.add(
        Row.higherIsBetter(
            GROUP, "remote task sync", "tasks/s", effort -> effort.latency(link::task)));
    rows.add(
        Row.higherIsBetter(
            GROUP, "remote actor call sync", "calls/s", effort -> effort.latency(link::call)));
    rows.add(rate("remote tasks async, batch %,d", "tasks/s", () -> link.tasks(BATCH)));
    rows.add(rate("remote actor calls async, batch %,d", "calls/s", () -> link.calls(BATCH)));
    rows.add(fetch("fetch 1 MB, beside bare Aeron", 1_000_000, link.fetch()));
    rows.add(fetch("fetch 100 MB, beside bare Aeron", 100_000_000, link.fetch()));
    rows.add(fetch("fetch 1 GB, beside bare Aeron", 1_000_000_000, link.fetch()));
    rows.add(fetch("fetch 100 MB, beside plain TCP", 100_000_000, link.fetchBesideTcp()));
    return rows;
  }

  private static Row rate(String name, String unit, Effort.Operation batch) {
    return Row.higherIsBetter(
        GROUP,
        String.format(Locale.ROOT, name, BATCH),
        unit,
        effort ->
            effort.rate(() -> {
              batch.run();
              return BATCH;
            }));
  }

  private static Row fetch(String name, int size, Fetch fetch) {
    return Row.higherIsBetter(
        GROUP, name, "GB/s", effort -> effort.speed(size / 1e9, () -> fetch.seconds(size)));
  }
}
