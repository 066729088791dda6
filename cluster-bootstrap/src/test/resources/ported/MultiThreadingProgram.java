import io.ray.api.ActorHandle;
import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import io.ray.api.WaitResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Twenty threads that use Ray at the same time, in the driver and in a task.
public class MultiThreadingProgram {
  private static final int THREADS = 20;
  private static final int LOOPS = 100;

  public static int echo(int x) {
    return x;
  }

  public static class Echo {
    public int echo(int x) {
      return x;
    }
  }

  private static int inThreads(Callable<Integer> work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Integer>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        running.add(pool.submit(work));
      }
      int done = 0;
      for (Future<Integer> each : running) {
        done += each.get();
      }
      return done;
    } finally {
      pool.shutdown();
    }
  }

  public static String run() throws Exception {
    ActorHandle<Echo> actor = Ray.actor(Echo::new).remote();
    int tasks =
        inThreads(() -> {
          int right = 0;
          for (int i = 0; i < LOOPS; i++) {
            ObjectRef<Integer> ref = Ray.task(MultiThreadingProgram::echo, i).remote();
            right += ref.get() == i ? 1 : 0;
          }
          return right;
        });
    int calls =
        inThreads(() -> {
          int right = 0;
          for (int i = 0; i < LOOPS; i++) {
            right += actor.task(Echo::echo, i).remote().get() == i ? 1 : 0;
          }
          return right;
        });
    int puts =
        inThreads(() -> {
          int right = 0;
          for (int i = 0; i < LOOPS; i++) {
            right += Ray.get(Ray.put(i)) == i ? 1 : 0;
          }
          return right;
        });
    int waits =
        inThreads(() -> {
          int right = 0;
          for (int i = 0; i < LOOPS; i++) {
            ObjectRef<Integer> ref = Ray.task(MultiThreadingProgram::echo, i).remote();
            WaitResult<Integer> result = Ray.wait(Collections.singletonList(ref), 1, 10_000);
            right += result.getReady().size();
          }
          return right;
        });
    return tasks + " " + calls + " " + puts + " " + waits;
  }

  public static void main(String[] args) throws Exception {
    Ray.init();
    System.out.println(run()); // prints: 2000 2000 2000 2000
    System.out.println(
        Ray.task(MultiThreadingProgram::run).remote().get()); // prints: 2000 2000 2000 2000
    Ray.shutdown();
  }
}
