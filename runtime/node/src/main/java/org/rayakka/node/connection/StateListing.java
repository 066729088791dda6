package org.rayakka.node.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.control.ActorRow;
import org.rayakka.node.control.ControlState;
import org.rayakka.node.control.NodeRow;

/// The tables as JSON, for clients and whoever else wants to look: an array of objects, one a row.
final class StateListing {
  private static final int LIMIT = 10_000;

  private StateListing() {}

  static CompletionStage<String> json(ControlState control, String table) {
    return switch (table) {
      case "functions" ->
          control
              .functions()
              .list(LIMIT)
              .thenApply(rows ->
                  array(
                      rows,
                      row ->
                          object(
                              "functionId", row.id().hex(),
                              "jobId", row.job().hex(),
                              "className", row.className(),
                              "methodName", row.methodName())));
      case "tasks" ->
          control
              .tasks()
              .list(LIMIT)
              .thenApply(rows ->
                  array(
                      rows,
                      row ->
                          object(
                              "taskId", row.id().hex(),
                              "jobId", row.job().hex(),
                              "state", row.state().name(),
                              "nodeId", hex(row.node()),
                              "attempt", row.attempt())));
      case "objects" ->
          control
              .objects()
              .list(LIMIT)
              .thenApply(rows ->
                  array(
                      rows,
                      row ->
                          object(
                              "objectId", row.id().hex(),
                              "jobId", row.job().hex(),
                              "size", row.size(),
                              "isPut", row.isPut(),
                              "taskId", row.task().hex(),
                              "nodeIds", row.holders().stream().map(NodeId::hex).toList())));
      case "actors" ->
          control
              .actors()
              .list(LIMIT)
              .thenCombine(
                  control.nodes().list(),
                  (rows, nodes) -> {
                    Map<NodeId, String> hosts =
                        nodes.stream().collect(Collectors.toMap(NodeRow::id, NodeRow::host));
                    return array(rows, row -> actor(row, hosts.getOrDefault(row.node(), "")));
                  });
      case "nodes" -> control.nodes().list().thenApply(rows -> array(rows, StateListing::node));
      case "jobs" ->
          control
              .jobs()
              .list()
              .thenApply(rows ->
                  array(
                      rows,
                      row ->
                          object(
                              "jobId", row.id().hex(),
                              "name", row.name(),
                              "namespace", row.namespace(),
                              "driverPid", row.driverPid(),
                              "running", row.isRunning())));
      default ->
          CompletableFuture.failedStage(
              new IllegalArgumentException(
                  "table: '"
                      + table
                      + "' (expected: functions, tasks, objects, actors, nodes or jobs)"));
    };
  }

  private static String actor(ActorRow row, String host) {
    return object(
        "actorId", row.id().hex(),
        "jobId", row.job().hex(),
        "state", row.state() == ActorRow.State.PENDING ? "PENDING_CREATION" : row.state().name(),
        "className", row.className(),
        "name", row.name(),
        "namespace", row.namespace(),
        "numRestarts", row.restarts(),
        "nodeId", hex(row.node()),
        "address", host,
        "reason", row.reason());
  }

  private static String node(NodeRow row) {
    return object(
        "nodeId", row.id().hex(),
        "address", row.host(),
        "hostname", row.host(),
        "port", port(row.address()),
        "pid", row.pid(),
        "isHead", row.isHead(),
        "alive", row.isAlive(),
        "resources", row.resources());
  }

  /// The port of an actor system's address; 0 if it has none.
  private static int port(String address) {
    String digits = address.substring(address.lastIndexOf(':') + 1);
    return digits.isEmpty() || !digits.chars().allMatch(Character::isDigit)
        ? 0
        : Integer.parseInt(digits);
  }

  private static String hex(NodeId node) {
    return node.isNil() ? "" : node.hex();
  }

  private static <T> String array(List<T> rows, Function<T, String> toJson) {
    return rows.stream().map(toJson).collect(Collectors.joining(",\n ", "[", "]"));
  }

  private static String object(Object... namesAndValues) {
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(value(namesAndValues[i]) + ":" + value(namesAndValues[i + 1]));
    }
    return "{" + String.join(",", fields) + "}";
  }

  private static String value(Object value) {
    return switch (value) {
      // JSON has no word for infinity, which is what a resource without limit has.
      case Double number when number.isInfinite() -> number > 0 ? "1e999" : "-1e999";
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      case Map<?, ?> map ->
          new TreeMap<>(map)
              .entrySet().stream()
                  .map(entry -> value(entry.getKey()) + ":" + value(entry.getValue()))
                  .collect(Collectors.joining(",", "{", "}"));
      case List<?> list ->
          list.stream().map(StateListing::value).collect(Collectors.joining(",", "[", "]"));
      default -> '"' + escape(value.toString()) + '"';
    };
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        escaped.append('\\').append(c);
      } else if (c < ' ') {
        escaped.append(String.format("\\u%04x", (int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
