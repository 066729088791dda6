package org.rayakka.examples.microbenchmark.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.ActorHandle;
import org.rayakka.api.NdArray;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.Ray;
import org.rayakka.api.options.InitOptions;
import org.rayakka.bootstrap.NodeProcess;
import org.rayakka.bootstrap.RaySettings;
import org.rayakka.examples.microbenchmark.rows.MeasuringProcess;
import org.rayakka.examples.microbenchmark.rows.Row;

/// Measures between two nodes of a cluster on this machine, of one worker each. The driver is at
/// the first; what it runs asks for a resource that only the second has.
public final class TwoNodes {
  private static final String THERE = "there";
  private static final String HEAD_IP = "127.0.0.1";
  private static final String OTHER_IP = "127.0.0.2";
  private static final long STORE_BYTES = 3L << 30;
  private static final byte[] OK = {'o', 'k'};

  private TwoNodes() {}

  /// The names of its rows, none of which can be measured.
  ///
  /// @return the rows
  public static List<Row> rows() {
    return TwoNodeRows.of(new Cluster());
  }

  public static void main(String[] args) throws Exception {
    Path password = Files.createTempFile("rayakka-benchmark", ".password");
    Files.delete(password);
    // The head writes one there.
    password.toFile().deleteOnExit();
    Map<String, Object> settings = new HashMap<>();
    settings.put("ray.node.num-cpus", 1);
    settings.put("ray.node.num-workers", 1);
    settings.put("ray.object-store.memory", STORE_BYTES);
    settings.put("ray.redis.password-file", password.toString());
    settings.put("ray.node.ip-address", HEAD_IP);
    try (NodeProcess head = NodeProcess.start(RaySettings.resolve(settings))) {
      String address = String.valueOf(head.address().get("redis-address"));
      settings.put("ray.address", address);
      settings.put("ray.node.ip-address", OTHER_IP);
      settings.put("ray.node.resources", Map.of(THERE, 1_000_000));
      try (NodeProcess _ = NodeProcess.start(RaySettings.resolve(settings))) {
        Ray.init(
            InitOptions.builder()
                .setAddress("redis://" + address)
                .setNodeIpAddress(HEAD_IP)
                .build());
        MeasuringProcess.serve(TwoNodeRows.of(new Cluster()).stream());
        Ray.shutdown();
      }
    }
    System.exit(0);
  }

  static byte[] noop() {
    return OK;
  }

  /// An actor at the other node.
  public static final class Remote {
    /// What it made last: kept, so that it stays in the store.
    @SuppressWarnings("unused")
    private @Nullable List<ObjectRef<NdArray>> made;

    /// Answers.
    ///
    /// @return two bytes
    public byte[] call() {
      return OK;
    }

    /// Makes arrays in the store of its node.
    ///
    /// @param count how many
    /// @param size of each in bytes
    /// @return where they are
    public List<ObjectRef<NdArray>> make(int count, int size) {
      NdArray array = NdArray.of(new byte[size]);
      List<ObjectRef<NdArray>> refs = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        refs.add(Ray.put(array));
      }
      made = refs;
      return refs;
    }
  }

  private static final class Cluster implements TwoNodeRows.Link {
    private @Nullable ActorHandle<Remote> remote;

    private ActorHandle<Remote> remote() {
      ActorHandle<Remote> known = remote;
      if (known == null) {
        known = Ray.actor(Remote::new).setResource(THERE, 1).remote();
        remote = known;
      }
      return known;
    }

    private static ObjectRef<byte[]> submit() {
      return Ray.task(TwoNodes::noop).setResource(THERE, 1).remote();
    }

    @Override
    public void task() {
      submit().get();
    }

    @Override
    public void tasks(int count) {
      List<ObjectRef<byte[]>> refs = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        refs.add(submit());
      }
      Ray.get(refs);
    }

    @Override
    public void call() {
      remote().task(Remote::call).remote().get();
    }

    @Override
    public void calls(int count) {
      List<ObjectRef<byte[]>> refs = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        refs.add(remote().task(Remote::call).remote());
      }
      Ray.get(refs);
    }

    @Override
    public TwoNodeRows.Fetch fetch() {
      List<ObjectRef<NdArray>> fetched = new ArrayList<>();
      Deque<ObjectRef<NdArray>> made = new ArrayDeque<>();
      return size -> {
        if (made.isEmpty()) {
          // Bare transports use their memory again as they like. Here the collector first has to
          // find that nobody reads what is freed.
          Ray.internal().free(fetched, false, false);
          fetched.clear();
          System.gc();
          made.addAll(remote().task(Remote::make, TurningMemory.parts(size), size).remote().get());
        }
        ObjectRef<NdArray> ref = made.removeFirst();
        fetched.add(ref);
        return fetch(ref, size);
      };
    }

    private static double fetch(ObjectRef<NdArray> ref, int size) {
      long start = System.nanoTime();
      NdArray array = ref.get();
      double seconds = (System.nanoTime() - start) / 1e9;
      if (array.segment().byteSize() != size) {
        throw new AssertionError(
            "bytes: " + array.segment().byteSize() + " (expected: " + size + ")");
      }
      return seconds;
    }

    @Override
    public TwoNodeRows.Fetch fetchBesideTcp() {
      return fetch();
    }
  }
}
