package org.rayakka.node.connection;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.rayakka.node.control.ControlState;

/// The tables as JSON, for whoever wants to look: an array of objects, one a row.
final class StateListing {
  private static final int LIMIT = 10_000;

  private StateListing() {}

  static CompletionStage<String> json(ControlState control, String table) {
    return switch (table) {
      case "functions" ->
          array(
              control.functions().list(LIMIT),
              row ->
                  object(
                      "function_id", row.id().hex(),
                      "job_id", row.job().hex(),
                      "class", row.className(),
                      "method", row.methodName()));
      case "tasks" ->
          array(
              control.tasks().list(LIMIT),
              row ->
                  object(
                      "task_id", row.id().hex(),
                      "job_id", row.job().hex(),
                      "state", row.state().name(),
                      "node_id", row.node().hex(),
                      "attempt", Integer.toString(row.attempt())));
      case "objects" ->
          array(
              control.objects().list(LIMIT),
              row ->
                  object(
                      "object_id", row.id().hex(),
                      "job_id", row.job().hex(),
                      "size", Long.toString(row.size()),
                      "is_put", Boolean.toString(row.isPut()),
                      "task_id", row.task().hex()));
      case "actors" ->
          array(
              control.actors().list(LIMIT),
              row ->
                  object(
                      "actor_id", row.id().hex(),
                      "job_id", row.job().hex(),
                      "state", row.state().name(),
                      "class", row.className(),
                      "name", row.name(),
                      "restarts", Integer.toString(row.restarts()),
                      "reason", row.reason()));
      case "nodes" ->
          array(
              control.nodes().list(),
              row ->
                  object(
                      "node_id", row.id().hex(),
                      "host", row.host(),
                      "pid", Long.toString(row.pid()),
                      "alive", Boolean.toString(row.isAlive()),
                      "resources", row.resources().toString()));
      case "jobs" ->
          array(
              control.jobs().list(),
              row ->
                  object(
                      "job_id", row.id().hex(),
                      "name", row.name(),
                      "driver_pid", Long.toString(row.driverPid()),
                      "running", Boolean.toString(row.isRunning())));
      default ->
          CompletableFuture.failedStage(
              new IllegalArgumentException(
                  "table: '"
                      + table
                      + "' (expected: functions, tasks, objects, actors, nodes or jobs)"));
    };
  }

  private static <T> CompletionStage<String> array(
      CompletionStage<List<T>> rows, Function<T, String> toJson) {
    return rows.thenApply(
        list -> list.stream().map(toJson).collect(Collectors.joining(",\n ", "[", "]")));
  }

  private static String object(String... namesAndValues) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      json.append(i == 0 ? "" : ",")
          .append('"')
          .append(namesAndValues[i])
          .append("\":\"")
          .append(escape(namesAndValues[i + 1]))
          .append('"');
    }
    return json.append('}').toString();
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
