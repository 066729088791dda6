package org.rayakka.node.transfer;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.jspecify.annotations.Nullable;

/// The socket that this node's datagrams arrive at. Its driver looks into it whenever it has sent
/// one, by a system call that costs a tenth of what sending does. While a node sends and expects
/// nothing, most of these looks are left out: all they could find is the beginning of a stream.
final class InboundSocket extends ReceiveChannelEndpoint {
  /// Says whether to look now. For the one thread that the driver works on.
  static final class Looks {
    /// So many datagrams are sent for a look.
    private static final int RARELY = 16;

    private boolean areRare;
    private int leftOut;

    /// Whether most looks are to be left out from now on.
    void setRare(boolean areRare) {
      this.areRare = areRare;
    }

    boolean isDue() {
      leftOut++;
      if (areRare && leftOut < RARELY) {
        return false;
      }
      leftOut = 0;
      return true;
    }
  }

  private final Looks looks;

  InboundSocket(
      UdpChannel channel,
      DataPacketDispatcher dispatcher,
      AtomicCounter status,
      MediaDriver.Context context,
      Looks looks) {
    super(channel, dispatcher, status, context);
    this.looks = looks;
  }

  @Override
  public @Nullable InetSocketAddress receive(ByteBuffer buffer) {
    return looks.isDue() ? super.receive(buffer) : null;
  }
}
