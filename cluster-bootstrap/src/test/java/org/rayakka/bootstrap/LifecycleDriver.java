package org.rayakka.bootstrap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.rayakka.api.Ray;

/// A program that {@link LifecycleIT} starts, and ends in many ways.
final class LifecycleDriver {
  private LifecycleDriver() {}

  static int answer(int question) {
    return question + 1;
  }

  /// Says `ready` with its first result, waits for a line, runs another task, and ends without
  /// Ray.shutdown, as scripts do.
  public static void main(String[] args) throws IOException {
    Ray.init();
    print(Ray.task(LifecycleDriver::answer, 41).remote().get() == 42 ? "ready" : "wrong");
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    input.readLine();
    print("more: " + Ray.task(LifecycleDriver::answer, 1).remote().get());
    if (args[0].equals("throw")) {
      throw new IllegalStateException("on purpose");
    }
  }

  private static void print(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
