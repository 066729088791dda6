import io.ray.api.ActorHandle;
import io.ray.api.ObjectRef;
import io.ray.api.Ray;
import io.ray.api.exception.PendingCallsLimitExceededException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Three calls of an actor that meet at a latch, and a handle that lets only so many calls wait.
public class ConcurrencyProgram {
  public static class Meeting {
    private final CountDownLatch latch = new CountDownLatch(3);

    public String meet() throws InterruptedException {
      latch.countDown();
      latch.await();
      return "met";
    }
  }

  public static class Gate {
    private final CountDownLatch opened = new CountDownLatch(1);

    public boolean pass() throws InterruptedException {
      opened.await();
      return true;
    }

    public void open() {
      opened.countDown();
    }
  }

  public static void main(String[] args) {
    Ray.init();

    ActorHandle<Meeting> meeting = Ray.actor(Meeting::new).setMaxConcurrency(3).remote();
    List<ObjectRef<String>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(meeting.task(Meeting::meet).remote());
    }
    System.out.println(Ray.get(calls)); // prints: [met, met, met]

    ActorHandle<Gate> gate =
        Ray.actor(Gate::new).setMaxConcurrency(20).setMaxPendingCalls(10).remote();
    List<ObjectRef<Boolean>> passing = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      passing.add(gate.task(Gate::pass).remote());
    }
    ObjectRef<Boolean> tenth = gate.task(Gate::pass).remote();
    try {
      gate.task(Gate::pass).remote();
    } catch (PendingCallsLimitExceededException e) {
      System.out.println("too many"); // prints: too many
    }
    gate.kill();
    System.out.println(passing.size()); // prints: 9

    Ray.shutdown();
  }
}
