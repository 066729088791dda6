import io.ray.api.ActorHandle;
import io.ray.api.Ray;
import java.util.Optional;

/// An actor that others find by its name.
public class NamedActorProgram {
  public static class Counter {
    private int value;

    public int increment() {
      return ++value;
    }
  }

  public static int incrementByName(String name) {
    Optional<ActorHandle<Counter>> found = Ray.getActor(name);
    return found.get().task(Counter::increment).remote().get();
  }

  public static void main(String[] args) {
    Ray.init();

    ActorHandle<Counter> counter = Ray.actor(Counter::new).setName("hits").remote();
    System.out.println(counter.task(Counter::increment).remote().get()); // prints: 1

    Optional<ActorHandle<Counter>> found = Ray.getActor("hits");
    System.out.println(found.isPresent()); // prints: true
    System.out.println(found.get().getId().equals(counter.getId())); // prints: true
    System.out.println(found.get().task(Counter::increment).remote().get()); // prints: 2
    System.out.println(
        Ray.task(NamedActorProgram::incrementByName, "hits").remote().get()); // prints: 3

    System.out.println(Ray.getActor("misses").isPresent()); // prints: false
    try {
      Ray.actor(Counter::new).setName("hits").remote();
    } catch (IllegalArgumentException e) {
      System.out.println("taken"); // prints: taken
    }

    Ray.shutdown();
  }
}
