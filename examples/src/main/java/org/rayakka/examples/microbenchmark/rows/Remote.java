package org.rayakka.examples.microbenchmark.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;

/// What runs in the workers.
final class Remote {
  private static final byte[] OK = {'o', 'k'};

  private Remote() {}

  public static byte[] noop() {
    return OK;
  }

  /// Sleeping stands for work that needs no processor.
  public static long sleep(int milliseconds) throws InterruptedException {
    Thread.sleep(milliseconds);
    return milliseconds;
  }

  public static int increment(int x) {
    return x + 1;
  }

  public static byte[] make(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 7);
    return bytes;
  }

  public static int length(byte[] bytes) {
    return bytes.length;
  }

  public static double[] add(double[] a, double[] b) {
    double[] sum = new double[a.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = a[i] + b[i];
    }
    return sum;
  }

  public static int putSmall(int count) {
    for (int i = 0; i < count; i++) {
      Ray.put(i);
    }
    return count;
  }

  /// Submits so many tasks that do nothing, and waits for them.
  public static int batchOfTasks(int count) {
    List<ObjectRef<byte[]>> refs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      refs.add(Side.task(Ray.task(Remote::noop)).remote());
    }
    Ray.get(refs);
    return count;
  }

  public static int fibonacci(int n) {
    if (n < 2) {
      return n;
    }
    ObjectRef<Integer> a = Side.task(Ray.task(Remote::fibonacci, n - 1)).remote();
    ObjectRef<Integer> b = Side.task(Ray.task(Remote::fibonacci, n - 2)).remote();
    return a.get() + b.get();
  }

  /// An actor that answers.
  public static class Echo {
    public byte[] call() {
      return OK;
    }

    public byte[] callWith(int argument) {
      return argument == 0 ? OK : new byte[0];
    }

    public int batchOfTasks(int count) {
      return Remote.batchOfTasks(count);
    }
  }

  /// An actor that calls others.
  public static class Client {
    private final List<ActorHandle<Echo>> servers;

    public Client(List<ActorHandle<Echo>> servers) {
      this.servers = servers;
    }

    /// Calls each server so many times, and waits for the answers.
    public int batch(int count) {
      List<ObjectRef<byte[]>> refs = new ArrayList<>();
      for (ActorHandle<Echo> server : servers) {
        for (int i = 0; i < count; i++) {
          refs.add(server.task(Echo::call).remote());
        }
      }
      Ray.get(refs);
      return refs.size();
    }

    /// The same with an argument that is an object in the store.
    public int batchWithArgument(int count) {
      ObjectRef<Integer> argument = Ray.put(0);
      List<ObjectRef<byte[]>> refs = new ArrayList<>();
      for (ActorHandle<Echo> server : servers) {
        for (int i = 0; i < count; i++) {
          refs.add(server.task(Echo::callWith, argument).remote());
        }
      }
      Ray.get(refs);
      return refs.size();
    }
  }
}
