package org.rayakka.bootstrap;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.state.StateQuery;
import org.rayakka.client.submission.NodeObserver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ray status`: which nodes a cluster has, and what they offer.
@Command(
    name = "status",
    description = "Shows the nodes of a cluster and what they offer.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private AttachedNode node = new AttachedNode();

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    List<Map<String, @Nullable Object>> nodes;
    List<Map<String, @Nullable Object>> jobs;
    try (NodeObserver observer = node.observe()) {
      StateQuery all = StateQuery.ALL.withLimit(StateQuery.LARGEST_LIMIT);
      nodes = observer.list("nodes", all).rows();
      jobs = observer.list("jobs", all.where("running", "true")).rows();
    } catch (RayException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
    TextTable table = new TextTable(List.of("address", "role", "state", "pid", "resources"));
    Map<String, Double> totals = new TreeMap<>();
    int alive = 0;
    for (Map<String, @Nullable Object> row : nodes) {
      boolean isAlive = Boolean.parseBoolean(String.valueOf(row.get("alive")));
      boolean isHead = Boolean.parseBoolean(String.valueOf(row.get("isHead")));
      Map<?, ?> resources = row.get("resources") instanceof Map<?, ?> map ? map : Map.of();
      Map<String, Double> amounts = new TreeMap<>();
      resources.forEach((name, amount) ->
          amounts.put(String.valueOf(name), Double.valueOf(String.valueOf(amount))));
      if (isAlive) {
        alive++;
        amounts.forEach((name, amount) -> totals.merge(name, amount, Double::sum));
      }
      table.add(
          List.of(
              String.valueOf(row.get("address")),
              isHead ? "head" : "node",
              isAlive ? "alive" : "gone",
              String.valueOf(row.get("pid")),
              shown(amounts)));
    }
    out.printf(
        "%d of %d nodes alive, %d jobs running; resources in all: %s%n",
        alive, nodes.size(), jobs.size(), shown(totals));
    table.lines().forEach(out::println);
    return 0;
  }

  private static String shown(Map<String, Double> amounts) {
    StringBuilder text = new StringBuilder();
    amounts.forEach((name, amount) -> {
      boolean isWhole = amount == Math.rint(amount);
      text.append(text.isEmpty() ? "" : " ")
          .append(name)
          .append('=')
          .append(isWhole ? String.valueOf(amount.longValue()) : amount.toString());
    });
    return text.toString();
  }
}
