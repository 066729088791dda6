import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.state.JobInfo;

/** One of two programs that differ in what their functions of equal names take and return. */
public class Program {
  static int f(FORMAL) {
    return FIRST;
  }

  static int g(OTHER_FORMAL) {
    return SECOND;
  }

  static int fail() {
    throw new IllegalStateException("failure of NAME");
  }

  static long worker() {
    return ProcessHandle.current().pid();
  }

  static long node() {
    return ProcessHandle.current().parent().orElseThrow().pid();
  }

  static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 3_000 && !condition.getAsBoolean(); i++) {
      Thread.sleep(20);
    }
  }

  public static void main(String[] args) throws InterruptedException {
    Ray.init();
    await(
        () -> Ray.state().jobs().stream().filter(JobInfo::isRunning).count() == 2);
    System.out.println("failures before: " + Ray.errorInfo().size());
    Set<List<Integer>> values = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ObjectRef<Integer> f = Ray.task(Program::f, ACTUAL).remote();
      ObjectRef<Integer> g = Ray.task(Program::g, OTHER_ACTUAL).remote();
      values.add(Ray.get(List.of(f, g)));
    }
    System.out.println("values: " + values);
    Ray.task(Program::fail).remote();
    await(() -> !Ray.errorInfo().isEmpty());
    Set<String> failures = new TreeSet<>();
    Ray.errorInfo().forEach(error -> failures.add(error.message().replaceAll("(?s).*(failure of \\w+).*", "$1")));
    System.out.println("failures: " + failures);
    System.out.println("node: " + Ray.task(Program::node).remote().get());
    System.out.println("worker: " + Ray.task(Program::worker).remote().get());
    Ray.shutdown();
  }
}
