package org.rayakka.examples.microbenchmark.rows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.rayakka.api.Ray;

/// The driver that measures: starts its system, runs one task, then measures the rows that its
/// standard input names, one a line, until that ends. What it has to tell, it tells in lines that
/// begin with {@link #MARK}; other lines are whatever the system prints.
///
/// ```
///   <- MARK ready                      the first result is there
///   -> <effort> <row>
///   <- MARK ok <p50> <p99> <value>…    or
///   <- MARK failed <reason>
/// ```
public final class MeasuringProcess {
  /// Begins every line that is meant for the parent.
  public static final String MARK = "@measured ";

  private MeasuringProcess() {}

  public static void main(String[] args) throws IOException {
    Side.init();
    Side.task(Ray.task(Remote::noop)).remote().get();
    serve(Stream.concat(Rows.shared().stream(), Rows.own().stream()));
    Ray.shutdown();
    System.exit(0); // whatever threads the system left behind
  }

  /// Says that all is ready, and measures what it is asked for.
  ///
  /// @param all the rows there are
  public static void serve(Stream<Row> all) throws IOException {
    Map<String, Row> rows = all.collect(Collectors.toMap(Row::name, Function.identity()));
    tell("ready");
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ", 2);
      Row row = rows.get(words[1]);
      if (row == null) {
        tell("failed there is no such row");
      } else {
        tell(measure(row, Effort.parse(words[0])));
      }
    }
  }

  private static String measure(Row row, Effort effort) {
    try {
      return "ok " + row.body().measure(effort).toLine();
    } catch (Throwable t) { // an OutOfMemoryError or a missing native library is a result, too
      t.printStackTrace();
      return "failed " + t.toString().lines().findFirst().orElse("");
    }
  }

  private static void tell(String text) {
    System.out.println(MARK + text);
    System.out.flush();
  }
}
