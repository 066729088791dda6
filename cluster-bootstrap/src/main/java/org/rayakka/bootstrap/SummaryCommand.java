package org.rayakka.bootstrap;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.state.StateQuery;
import org.rayakka.client.submission.NodeObserver;
import org.rayakka.client.submission.StateRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ray summary`: how many rows of a table are in which state.
@Command(
    name = "summary",
    description = "Counts tasks or actors by what they run and their state.",
    mixinStandardHelpOptions = true)
final class SummaryCommand implements Callable<Integer> {
  /// What is counted.
  enum Subject {
    TASKS("name"),
    ACTORS("className");

    private final String column;

    Subject(String column) {
      this.column = column;
    }
  }

  @Spec private @Nullable CommandSpec spec;
  @Mixin private AttachedNode node = new AttachedNode();

  @Parameters(index = "0", paramLabel = "TABLE", description = "tasks or actors.")
  private @Nullable Subject subject;

  @Override
  public Integer call() {
    Subject counted = Objects.requireNonNull(subject);
    CommandSpec self = Objects.requireNonNull(spec);
    StateRows listed;
    try (NodeObserver observer = node.observe()) {
      listed =
          observer.list(
              counted.name().toLowerCase(Locale.ROOT),
              StateQuery.ALL.withLimit(StateQuery.LARGEST_LIMIT));
    } catch (RayException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
    Map<String, Map<String, Integer>> counts = new TreeMap<>();
    for (Map<String, @Nullable Object> row : listed.rows()) {
      counts
          .computeIfAbsent(String.valueOf(row.get(counted.column)), name -> new TreeMap<>())
          .merge(String.valueOf(row.get("state")), 1, Integer::sum);
    }
    TextTable table = new TextTable(List.of(counted.column, "state", "count"));
    counts.forEach((name, states) ->
        states.forEach((state, count) -> table.add(List.of(name, state, count.toString()))));
    table.lines().forEach(self.commandLine().getOut()::println);
    if (listed.isCut()) {
      self.commandLine()
          .getErr()
          .println("ray: only the first " + StateQuery.LARGEST_LIMIT + " rows are counted");
    }
    return 0;
  }
}
