import io.ray.api.ActorHandle;
import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import java.util.ArrayList;
import java.util.List;

/// State in an actor, its handle in tasks and in other actors, a factory, an inherited method.
public class ActorProgram {
  public interface Named {
    default String describe() {
      return "a counter";
    }
  }

  public static class Counter implements Named {
    private int value;

    public Counter(int start) {
      value = start;
    }

    public int add(int delta) {
      value += delta;
      return value;
    }

    public void reset() {
      value = 0;
    }

    public int get() {
      return value;
    }
  }

  public static class Adder {
    private final ActorHandle<Counter> counter;

    public Adder(ActorHandle<Counter> counter) {
      this.counter = counter;
    }

    public int addTwice(int delta) {
      counter.task(Counter::add, delta).remote();
      return counter.task(Counter::add, delta).remote().get();
    }
  }

  public static Counter startAtTen() {
    return new Counter(10);
  }

  public static int addInTask(ActorHandle<Counter> counter, int delta) {
    return counter.task(Counter::add, delta).remote().get();
  }

  public static void main(String[] args) {
    Ray.init();

    ActorHandle<Counter> counter = Ray.actor(Counter::new, 1).remote();
    List<ObjectRef<Integer>> values = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      values.add(counter.task(Counter::add, 1).remote());
    }
    System.out.println(Ray.get(values)); // prints: [2, 3, 4, 5, 6]

    System.out.println(
        Ray.task(ActorProgram::addInTask, counter, 4).remote().get()); // prints: 10
    ActorHandle<Adder> adder = Ray.actor(Adder::new, counter).remote();
    System.out.println(adder.task(Adder::addTwice, 5).remote().get()); // prints: 20

    counter.task(Counter::reset).remote();
    ObjectRef<Integer> delta = Ray.put(7);
    System.out.println(counter.task(Counter::add, delta).remote().get()); // prints: 7
    System.out.println(counter.task(Counter::describe).remote().get()); // prints: a counter

    ActorHandle<Counter> made = Ray.actor(ActorProgram::startAtTen).remote();
    System.out.println(made.task(Counter::get).remote().get()); // prints: 10

    Ray.shutdown();
  }
}
