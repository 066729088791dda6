package org.rayakka.node.transfer;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.jspecify.annotations.Nullable;

/// The socket that this node's datagrams arrive at. Its driver looks into it whenever it has sent
/// one, by a system call that costs a tenth of what sending does. While a node sends and expects
/// nothing, most of these looks are left out: all they could find is the beginning of a stream. The
/// data of chunks that arrive in their order goes to its destination at once.
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

  /// Puts the data of chunks where it belongs.
  @FunctionalInterface
  interface Destination {
    /// Is offered a chunk as it arrives: once, several times, or never, and in any order.
    ///
    /// @param session of the stream
    /// @param buffer with the chunk
    /// @param at where it begins
    /// @param length of it
    /// @return whether its data is not needed any more
    boolean take(int session, DirectBuffer buffer, int at, int length);
  }

  private final Looks looks;
  private final Destination destination;

  InboundSocket(
      UdpChannel channel,
      DataPacketDispatcher dispatcher,
      AtomicCounter status,
      MediaDriver.Context context,
      Looks looks,
      Destination destination) {
    super(channel, dispatcher, status, context);
    this.looks = looks;
    this.destination = destination;
  }

  @Override
  public @Nullable InetSocketAddress receive(ByteBuffer buffer) {
    return looks.isDue() ? super.receive(buffer) : null;
  }

  /// Of a chunk that has gone where it belongs only the headers go into Aeron's term, whose frame
  /// is as long as it would be otherwise. (Aeron sends the end of a term like this.)
  @Override
  public int onDataPacket(
      DataHeaderFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      int transport) {
    boolean hasGone =
        length > Chunk.HEADERS_BYTES
            && header.frameLength() == length
            && header.headerType() == DataHeaderFlyweight.HDR_TYPE_DATA
            && header.flags() == FrameDescriptor.UNFRAGMENTED
            && header.streamId() == TransferPlane.STREAM
            && destination.take(
                header.sessionId(),
                buffer,
                DataHeaderFlyweight.HEADER_LENGTH,
                length - DataHeaderFlyweight.HEADER_LENGTH);
    return super.onDataPacket(
        header, buffer, hasGone ? Chunk.HEADERS_BYTES : length, source, transport);
  }
}
