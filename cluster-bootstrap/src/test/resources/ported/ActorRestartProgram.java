import io.ray.api.ActorHandle;
import io.ray.api.Ray;
import io.ray.api.exception.RayActorException;
import java.util.concurrent.TimeUnit;

/// An actor that comes back once, with new state, and no second time.
public class ActorRestartProgram {
  public static class Counter {
    private int value;

    public int increment() {
      return ++value;
    }

    public boolean wasRestarted() {
      return Ray.getRuntimeContext().wasCurrentActorRestarted();
    }

    public int die() {
      Runtime.getRuntime().halt(1);
      return 0;
    }
  }

  private static boolean isDead(ActorHandle<Counter> counter, long millis) throws Exception {
    long end = System.currentTimeMillis() + millis;
    while (System.currentTimeMillis() < end) {
      try {
        counter.task(Counter::increment).remote().get();
        return false;
      } catch (RayActorException e) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    return true;
  }

  private static void kill(ActorHandle<Counter> counter) {
    try {
      counter.task(Counter::die).remote().get();
    } catch (RayActorException e) {
      System.out.println("died");
    }
  }

  public static void main(String[] args) throws Exception {
    Ray.init();

    ActorHandle<Counter> counter = Ray.actor(Counter::new).setMaxRestarts(1).remote();
    for (int i = 0; i < 3; i++) {
      counter.task(Counter::increment).remote().get();
    }
    System.out.println(counter.task(Counter::wasRestarted).remote().get()); // prints: false

    kill(counter); // prints: died
    System.out.println(isDead(counter, 20_000)); // prints: false
    System.out.println(counter.task(Counter::wasRestarted).remote().get()); // prints: true
    System.out.println(counter.task(Counter::increment).remote().get()); // prints: 2

    kill(counter); // prints: died
    System.out.println(isDead(counter, 1_000)); // prints: true

    ActorHandle<Counter> other = Ray.actor(Counter::new).setMaxRestarts(-1).remote();
    other.task(Counter::increment).remote().get();
    other.kill(true);
    System.out.println(isDead(other, 1_000)); // prints: true

    Ray.shutdown();
  }
}
