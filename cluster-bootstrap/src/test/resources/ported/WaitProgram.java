import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import io.ray.api.WaitResult;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Waiting for some of several results, with a timeout, in the driver and in a task.
public class WaitProgram {
  public static String quick() {
    return "quick";
  }

  public static String slow() throws InterruptedException {
    TimeUnit.SECONDS.sleep(100);
    return "slow";
  }

  public static List<Integer> waitForOne() {
    ObjectRef<String> first = Ray.task(WaitProgram::quick).remote();
    ObjectRef<String> second = Ray.task(WaitProgram::slow).remote();
    WaitResult<String> result = Ray.wait(Arrays.asList(first, second), 2, 2000);
    return Arrays.asList(result.getReady().size(), result.getUnready().size());
  }

  public static void main(String[] args) {
    Ray.init();

    System.out.println(waitForOne()); // prints: [1, 1]
    System.out.println(Ray.task(WaitProgram::waitForOne).remote().get()); // prints: [1, 1]

    List<ObjectRef<Integer>> put = Arrays.asList(Ray.put(1), Ray.put(2), Ray.put(3));
    WaitResult<Integer> all = Ray.wait(put, 3, 10_000);
    System.out.println(Ray.get(all.getReady())); // prints: [1, 2, 3]
    System.out.println(all.getUnready()); // prints: []

    WaitResult<Integer> none = Ray.wait(Collections.<ObjectRef<Integer>>emptyList(), 0, 1000);
    System.out.println(none.getReady()); // prints: []
    try {
      Ray.wait((List<ObjectRef<Integer>>) null);
    } catch (NullPointerException e) {
      System.out.println("null"); // prints: null
    }

    Ray.shutdown();
  }
}
