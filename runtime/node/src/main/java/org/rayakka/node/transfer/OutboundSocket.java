package org.rayakka.node.transfer;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.util.function.LongFunction;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.jspecify.annotations.Nullable;

/// The socket that this node's datagrams to another one leave by. The data of a chunk need not be
/// in Aeron's term, which only keeps its place then: the kernel takes it from the store itself.
final class OutboundSocket extends SendChannelEndpoint {
  /// What Aeron's reserved value says of a chunk whose data is to come from the store. Nothing but
  /// the end of a term may follow it in a datagram.
  static final long FROM_STORE = 1;

  private final LongFunction<@Nullable Outgoing> objects;
  private final Chunk.Checksum checksum = new Chunk.Checksum();
  private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
  private final ByteBuffer[] parts = new ByteBuffer[3];

  /// Makes the socket.
  ///
  /// @param objects finds what a transfer sends, until it has ended
  OutboundSocket(
      UdpChannel channel,
      AtomicCounter status,
      MediaDriver.Context context,
      LongFunction<@Nullable Outgoing> objects) {
    super(channel, status, context);
    this.objects = objects;
  }

  @Override
  public int send(ByteBuffer datagram) {
    int length = datagram.remaining();
    if (length > Chunk.HEADERS_BYTES) {
      frame.wrap(datagram, datagram.position(), length);
      if (DataHeaderFlyweight.reservedValue(frame, 0) == FROM_STORE) {
        Outgoing outgoing =
            objects.apply(frame.getLong(DataHeaderFlyweight.HEADER_LENGTH + Chunk.TRANSFER));
        if (outgoing != null) {
          return sendFromStore(datagram, outgoing);
        }
        // Nobody wants it any more. The stream has to go on: what the term has there will do.
      }
    }
    return super.send(datagram);
  }

  private int sendFromStore(ByteBuffer datagram, Outgoing outgoing) {
    int at = datagram.position();
    int end = DataHeaderFlyweight.fragmentLength(frame, 0);
    int chunk = DataHeaderFlyweight.HEADER_LENGTH;
    ByteBuffer data = outgoing.data(frame.getLong(chunk + Chunk.OFFSET), end - Chunk.HEADERS_BYTES);
    // Not before: the kernel's copy finds in the core's cache what this has read.
    frame.putInt(chunk + Chunk.CHECKSUM, checksum.of(frame, chunk, data));
    data.rewind();
    parts[0] = datagram.slice(at, Chunk.HEADERS_BYTES);
    parts[1] = data;
    parts[2] = datagram.slice(at + end, datagram.remaining() - end);
    try {
      return sendDatagramChannel.isConnected() ? (int) sendDatagramChannel.write(parts) : 0;
    } catch (PortUnreachableException _) {
      // As where Aeron sends: the other end may come yet, and is missed if it does not.
      return 0;
    } catch (IOException e) {
      onSendError(e, connectAddress, errorHandler);
      return 0;
    }
  }
}
