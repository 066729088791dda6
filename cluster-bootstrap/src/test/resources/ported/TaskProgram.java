import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import java.util.ArrayList;
import java.util.List;

/// Tasks by value and by reference, results that feed other tasks, large arguments.
public class TaskProgram {
  public static int square(int x) {
    return x * x;
  }

  public static int add(int x, int y) {
    return x + y;
  }

  public static String join(String a, String b, String c) {
    return a + b + c;
  }

  public static int length(byte[] bytes) {
    return bytes.length;
  }

  public static List<Integer> upTo(int n) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  public static void remember(String ignored) {}

  public static void main(String[] args) {
    Ray.init();

    List<ObjectRef<Integer>> squares = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      squares.add(Ray.task(TaskProgram::square, i).remote());
    }
    System.out.println(Ray.get(squares)); // prints: [0, 1, 4, 9]

    ObjectRef<Integer> sum = Ray.task(TaskProgram::add, squares.get(2), 1).remote();
    ObjectRef<Integer> more = Ray.task(TaskProgram::add, sum, squares.get(3)).remote();
    System.out.println(more.get()); // prints: 14

    ObjectRef<String> comma = Ray.put(",");
    System.out.println(
        Ray.task(TaskProgram::join, "hello", comma, "world").remote().get()); // prints: hello,world

    ObjectRef<byte[]> large = Ray.put(new byte[1 << 20]);
    System.out.println(Ray.task(TaskProgram::length, large).remote().get()); // prints: 1048576
    System.out.println(Ray.task(TaskProgram::upTo, 3).remote().get()); // prints: [0, 1, 2]
    Ray.task(TaskProgram::remember, "x").remote();
    System.out.println(
        Ray.task(TaskProgram::square, 5).setName("five").remote().get()); // prints: 25

    Ray.shutdown();
  }
}
