package org.rayakka.examples.microbenchmark.peers;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import java.io.BufferedReader;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.rayakka.examples.microbenchmark.rows.EngineRows;
import org.rayakka.examples.microbenchmark.rows.MeasuringProcess;

/// Measures Hazelcast's `IExecutorService`: this process submits, a member in another runs.
public final class HazelcastPeer implements EngineRows.Engine {
  private static final byte[] OK = {'o', 'k'};

  private final IExecutorService executor;

  private HazelcastPeer(IExecutorService executor) {
    this.executor = executor;
  }

  public static void main(String[] args) throws Exception {
    Process server = OwnJvm.start(HazelcastServer.class);
    try (BufferedReader said = server.inputReader()) {
      ClientConfig config = new ClientConfig();
      config.setProperty("hazelcast.logging.type", "none");
      config.getNetworkConfig().addAddress("127.0.0.1:" + OwnJvm.where(said));
      HazelcastInstance client = HazelcastClient.newHazelcastClient(config);
      HazelcastPeer peer = new HazelcastPeer(client.getExecutorService("tasks"));
      peer.runOne();
      MeasuringProcess.serve(EngineRows.beside(EngineRows.HAZELCAST, peer).stream());
      client.shutdown();
    } finally {
      OwnJvm.stop(server);
    }
    System.exit(0);
  }

  /// Does nothing.
  private static final class Noop implements Callable<byte[]>, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public byte[] call() {
      return OK;
    }
  }

  /// Counts bytes.
  @SuppressWarnings("ArrayRecordComponent") // serialised, never compared
  private record Length(byte[] argument) implements Callable<Integer>, Serializable {
    @Override
    public Integer call() {
      return argument.length;
    }
  }

  @Override
  public void runOne() throws Exception {
    executor.submit(new Noop()).get();
  }

  @Override
  public void runMany(int count) throws Exception {
    List<Future<byte[]>> running = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      running.add(executor.submit(new Noop()));
    }
    for (Future<byte[]> each : running) {
      each.get();
    }
  }

  @Override
  public int length(byte[] argument) throws Exception {
    return executor.submit(new Length(argument)).get();
  }
}
