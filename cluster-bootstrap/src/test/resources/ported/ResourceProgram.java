import io.ray.api.ActorHandle;
import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import io.ray.api.WaitResult;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tasks and actors that ask for resources; the node has four CPUs and two licences.
public class ResourceProgram {
  public static int echo(int x) {
    return x;
  }

  public static class Echo {
    public int echo(int x) {
      return x;
    }
  }

  private static String readiness(ObjectRef<Integer> ref) {
    WaitResult<Integer> result = Ray.wait(Collections.singletonList(ref), 1, 3_000);
    return result.getReady().size() + " ready";
  }

  public static void main(String[] args) {
    Ray.init();

    System.out.println(
        Ray.task(ResourceProgram::echo, 1).setResource("CPU", 4.0).remote().get()); // prints: 1
    Map<String, Double> both = new HashMap<>();
    both.put("CPU", 1.0);
    both.put("licence", 2.0);
    System.out.println(
        Ray.task(ResourceProgram::echo, 2).setResources(both).remote().get()); // prints: 2
    System.out.println(
        Ray.task(ResourceProgram::echo, 3).setResource("CPU", 0.5).remote().get()); // prints: 3

    ActorHandle<Echo> holder = Ray.actor(Echo::new).setResource("licence", 2.0).remote();
    System.out.println(holder.task(Echo::echo, 4).remote().get()); // prints: 4
    ObjectRef<Integer> waiting =
        Ray.task(ResourceProgram::echo, 5).setResource("licence", 1.0).remote();
    System.out.println(readiness(waiting)); // prints: 0 ready
    holder.kill();
    System.out.println(waiting.get()); // prints: 5

    for (double wrong : Arrays.asList(-1.0, 3.5)) {
      try {
        Ray.task(ResourceProgram::echo, 6).setResource("CPU", wrong).remote();
      } catch (IllegalArgumentException e) {
        System.out.println("refused"); // prints: refused // prints: refused
      }
    }

    Ray.shutdown();
  }
}
