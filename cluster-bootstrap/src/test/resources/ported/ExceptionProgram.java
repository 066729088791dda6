import io.ray.api.ActorHandle;
import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import io.ray.api.exception.RayActorException;
import io.ray.api.exception.RayTaskException;
import io.ray.api.exception.RayTimeoutException;
import io.ray.api.exception.RayWorkerException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// What a program catches when tasks, actors and processes fail.
public class ExceptionProgram {
  public static int fail() {
    throw new IllegalStateException("oops");
  }

  public static int passOn(int x) {
    return x;
  }

  public static int exit() {
    System.exit(-1);
    return 0;
  }

  public static int sleep() throws InterruptedException {
    TimeUnit.SECONDS.sleep(10);
    return 0;
  }

  public static class Broken {
    public Broken(boolean now) {
      if (now) {
        throw new IllegalArgumentException("no such actor");
      }
    }

    public int fail() {
      throw new IllegalStateException("bad call");
    }

    public int exit() {
      System.exit(-1);
      return 0;
    }
  }

  private static Throwable root(Throwable e) {
    return e.getCause() == null ? e : root(e.getCause());
  }

  private static void show(ObjectRef<?> ref) {
    try {
      System.out.println(ref.get());
    } catch (RayTaskException e) {
      System.out.println("task: " + root(e).getMessage());
    } catch (RayActorException e) {
      System.out.println("actor");
    } catch (RayWorkerException e) {
      System.out.println("worker");
    }
  }

  public static void main(String[] args) {
    Ray.init();

    ObjectRef<Integer> failed = Ray.task(ExceptionProgram::fail).remote();
    show(failed); // prints: task: oops
    show(Ray.task(ExceptionProgram::passOn, failed).remote()); // prints: task: oops
    show(Ray.task(ExceptionProgram::exit).remote()); // prints: worker

    ActorHandle<Broken> never = Ray.actor(Broken::new, true).remote();
    ObjectRef<Integer> call = never.task(Broken::fail).remote();
    try {
      call.get();
    } catch (RayActorException | RayTaskException e) {
      System.out.println("no actor"); // prints: no actor
    }
    ActorHandle<Broken> broken = Ray.actor(Broken::new, false).remote();
    show(broken.task(Broken::fail).remote()); // prints: task: bad call
    show(broken.task(Broken::exit).remote()); // prints: actor
    show(broken.task(Broken::fail).remote()); // prints: actor

    ObjectRef<Integer> sleeping = Ray.task(ExceptionProgram::sleep).remote();
    long start = System.currentTimeMillis();
    try {
      Ray.get(Arrays.asList(Ray.task(ExceptionProgram::fail).remote(), sleeping));
    } catch (RayTaskException e) {
      System.out.println(System.currentTimeMillis() - start < 5_000); // prints: true
    }
    try {
      Ray.get(sleeping, 100);
    } catch (RayTimeoutException e) {
      System.out.println("not yet"); // prints: not yet
    }
    System.out.println(sleeping.get()); // prints: 0

    Ray.shutdown();
  }
}
