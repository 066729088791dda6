package org.rayakka.examples.microbenchmark.peers;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.io.IOException;
import java.net.InetSocketAddress;

/// The member that runs the tasks of {@link HazelcastPeer}.
public final class HazelcastServer {
  private HazelcastServer() {}

  /// Prints its port, and serves until its input ends.
  public static void main(String[] args) throws IOException {
    Config config = new Config();
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.getNetworkConfig().setPort(0).setPublicAddress("127.0.0.1");
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
    HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
    InetSocketAddress at = (InetSocketAddress) member.getLocalEndpoint().getSocketAddress();
    OwnJvm.serve(Integer.toString(at.getPort()));
    member.shutdown();
    System.exit(0);
  }
}
