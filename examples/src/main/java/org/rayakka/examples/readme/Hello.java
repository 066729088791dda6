package org.rayakka.examples.readme;

// README: begin
import java.util.stream.IntStream;
import org.rayakka.api.Ray;

/// Squares numbers in other processes.
public final class Hello {
  static int square(int x) {
    return x * x;
  }

  public static void main(String[] arguments) {
    Ray.init();
    var squares =
        IntStream.range(0, 10).mapToObj(i -> Ray.task(Hello::square, i).remote()).toList();
    System.out.println(Ray.get(squares)); // [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]
    Ray.shutdown();
  }

  // README: end

  private Hello() {}
}
