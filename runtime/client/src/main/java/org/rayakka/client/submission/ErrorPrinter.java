package org.rayakka.client.submission;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Prints the errors of a driver's tasks as they happen, without anybody asking. The same error
/// again within a few seconds is counted, not printed. Used by the reading thread alone.
final class ErrorPrinter {
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int REMEMBERED = 100;

  private final PrintStream out;
  private final Map<String, Seen> seen =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
          return size() > REMEMBERED;
        }
      };
  private boolean explained;

  /// What is known of an error that was printed.
  private static final class Seen {
    private long printedAt;
    private int since;
  }

  ErrorPrinter(PrintStream out) {
    this.out = out;
  }

  /// Prints an error, unless it was printed a moment ago.
  void print(String type, String function, String message) {
    long now = System.nanoTime();
    String key = type + '\n' + function + '\n' + message.lines().findFirst().orElse("");
    Seen before = seen.get(key);
    if (before != null && now - before.printedAt < QUIET_NANOS) {
      before.since++;
      return;
    }
    int repeated = before == null ? 0 : before.since;
    Seen printed = before == null ? new Seen() : before;
    printed.printedAt = now;
    printed.since = 0;
    seen.put(key, printed);
    StringBuilder text = new StringBuilder(200 + message.length());
    text.append("Remote ").append(type).append(" error");
    if (!function.isEmpty()) {
      text.append(" in ").append(function);
    }
    if (repeated > 0) {
      text.append(" (and ").append(repeated).append(" more like it)");
    }
    text.append(":\n").append(message.stripTrailing().indent(2));
    if (!explained) {
      explained = true;
      text.append(
          """
            Ray.errorInfo() lists all errors of this program. If the program hangs, another one can
            attach to the same cluster with Ray.init(address) and call it.
          """);
    }
    out.print(text);
    out.flush();
  }
}
