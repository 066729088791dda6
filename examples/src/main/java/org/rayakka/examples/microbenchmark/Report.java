package org.rayakka.examples.microbenchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rayakka.examples.microbenchmark.rows.Row;
import org.rayakka.examples.microbenchmark.rows.Samples;

/// The results, as lines of a table and as JSON.
final class Report {
  private static final String TABLE = "%-42s %-11s %11s %11s %11s %9s %9s %11s %9s %7s";
  private static final String HEAD =
      TABLE.formatted(
          "row", "unit", "median", "min", "max", "p50 us", "p99 us", "peer", "its p50", "ratio");

  /// A row with what both systems made of it; `peer` is null where it was not asked.
  record Line(Row row, Outcome ours, @Nullable Outcome peer) {
    /// How many times as good as the peer we are; NaN if one of both is not known.
    double ratio() {
      if (ours instanceof Outcome.Measured(Samples mine)
          && peer instanceof Outcome.Measured(Samples theirs)) {
        return row.lowerIsBetter()
            ? theirs.median() / mine.median()
            : mine.median() / theirs.median();
      }
      return Double.NaN;
    }

    double peerP50Us() {
      return peer instanceof Outcome.Measured(Samples theirs) ? theirs.p50Us() : Double.NaN;
    }

    double peerMedian() {
      return peer instanceof Outcome.Measured(Samples theirs) ? theirs.median() : Double.NaN;
    }
  }

  private final List<Line> lines = new ArrayList<>();

  void add(Line line) {
    lines.add(line);
  }

  boolean hasFailures() {
    return lines.stream().anyMatch(line -> line.ours() instanceof Outcome.Failed);
  }

  static String head() {
    return HEAD;
  }

  static String format(Line line) {
    Row row = line.row();
    String text =
        switch (line.ours()) {
          case Outcome.Failed(String reason) ->
              "%-42s %-11s failed: %s".formatted(row.name(), row.unit(), reason);
          case Outcome.Measured(Samples samples) ->
              TABLE
                  .formatted(
                      row.name(),
                      row.unit(),
                      number(samples.median()),
                      number(samples.min()),
                      number(samples.max()),
                      number(samples.p50Us()),
                      number(samples.p99Us()),
                      number(line.peerMedian()),
                      number(line.peerP50Us()),
                      number(line.ratio()))
                  .stripTrailing();
        };
    return switch (line.peer()) {
      case Outcome.Failed(String reason) ->
          text + System.lineSeparator() + "  peer failed: " + reason;
      case Outcome.Measured(Samples samples) when line.ours() instanceof Outcome.Failed ->
          text + System.lineSeparator() + "  peer's median: " + number(samples.median());
      case null, default -> text;
    };
  }

  /// Four digits at least, and nothing for what is not known.
  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    double size = Math.abs(value);
    String format = size >= 1000 ? "%,.0f" : size >= 100 ? "%.1f" : size >= 10 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }

  String toJson() {
    StringBuilder json = new StringBuilder("[");
    String separator = "\n";
    for (Line line : lines) {
      json.append(separator).append("  {\"row\": ").append(quoted(line.row().name()));
      json.append(", \"unit\": ").append(quoted(line.row().unit()));
      switch (line.ours()) {
        case Outcome.Measured(Samples samples) -> {
          append(json, "median", samples.median());
          append(json, "min", samples.min());
          append(json, "max", samples.max());
          append(json, "p50_us", samples.p50Us());
          append(json, "p99_us", samples.p99Us());
        }
        case Outcome.Failed(String reason) -> json.append(", \"failed\": ").append(quoted(reason));
      }
      append(json, "peer_median", line.peerMedian());
      append(json, "peer_p50_us", line.peerP50Us());
      append(json, "ratio", line.ratio());
      if (line.peer() instanceof Outcome.Failed(String reason)) {
        json.append(", \"peer_failed\": ").append(quoted(reason));
      }
      json.append('}');
      separator = ",\n";
    }
    return json.append("\n]\n").toString();
  }

  private static void append(StringBuilder json, String key, double value) {
    json.append(", \"").append(key).append("\": ");
    if (Double.isFinite(value)) {
      json.append(value);
    } else {
      json.append("null");
    }
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            quoted.append('\\').append((char) c);
          } else if (c < ' ') {
            quoted.append(String.format("\\u%04x", c));
          } else {
            quoted.append((char) c);
          }
        });
    return quoted.append('"').toString();
  }
}
