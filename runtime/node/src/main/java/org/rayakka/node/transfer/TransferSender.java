package org.rayakka.node.transfer;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.exceptions.RegistrationException;
import io.aeron.logbuffer.BufferClaim;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;

/// Sends objects straight from the mapped store: a stream for each node, on which the objects that
/// are on their way to it take turns, a chunk each. Then it is another stream's turn, and the
/// driver's, which sends one. Belongs to the plane's thread.
final class TransferSender {
  /// A multiple of this is copied fastest, since objects start at one.
  private static final int CHUNK_ALIGNMENT = 64;

  /// How long a stream may take to open, and may be without its receiver.
  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /// A stream that nothing is sent on for so long is closed: it holds shared memory at both ends.
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final NodeId self;
  private final String secret;
  private final AeronDriver driver;
  private final Consumer<PlaneEvent> events;
  private final Map<NodeId, Stream> streams = new HashMap<>();
  private final Chunk.Checksum checksum = new Chunk.Checksum();
  private final BufferClaim claim = new BufferClaim();

  /// What is being sent or was, by transfer: Aeron may send any of its bytes again until the
  /// receiver has all of them.
  private final Long2ObjectHashMap<Outgoing> outgoing;

  TransferSender(
      NodeId self,
      String secret,
      AeronDriver driver,
      Long2ObjectHashMap<Outgoing> outgoing,
      Consumer<PlaneEvent> events) {
    this.self = self;
    this.secret = secret;
    this.driver = driver;
    this.outgoing = outgoing;
    this.events = events;
  }

  void send(Outgoing next) {
    Stream stream = streams.get(next.receiver);
    if (stream != null && !stream.leadsTo(next)) {
      // The receiver has started anew.
      stream.close("the receiver takes bytes elsewhere now");
      streams.remove(next.receiver);
      stream = null;
    }
    if (stream == null) {
      stream = new Stream(next.endpoint, next.nonce);
      streams.put(next.receiver, stream);
    }
    outgoing.put(next.transferId, next);
    stream.add(next);
  }

  /// The receiver has the object, or does not want it any more: sends nothing more of it.
  void end(long transferId) {
    Outgoing ended = outgoing.remove(transferId);
    if (ended != null) {
      ended.object.close();
      for (Stream stream : streams.values()) {
        stream.queue.remove(ended);
        stream.unconfirmed.remove(transferId);
      }
    }
  }

  boolean isBusy() {
    for (Stream stream : streams.values()) {
      if (stream.isBusy()) {
        return true;
      }
    }
    return false;
  }

  /// Sends what the streams take.
  ///
  /// @return how many chunks
  int send(long nowNanos) {
    int chunks = 0;
    Iterator<Stream> all = streams.values().iterator();
    while (all.hasNext()) {
      Stream stream = all.next();
      chunks += stream.send(nowNanos);
      if (stream.isOver(nowNanos)) {
        stream.close("");
        all.remove();
      }
    }
    return chunks;
  }

  void close(String reason) {
    streams.values().forEach(stream -> stream.close(reason));
    streams.clear();
  }

  /// The way to one node.
  private final class Stream {
    private final String endpoint;
    private final long nonce;
    private final long registration;
    private final ArrayDeque<Outgoing> queue = new ArrayDeque<>();

    /// What was sent entirely, and may still be lost with the stream.
    private final LongHashSet unconfirmed = new LongHashSet();

    private @Nullable ExclusivePublication publication;
    private boolean isIntroduced;
    private int chunkBytes;
    private long lastUseNanos = System.nanoTime();

    Stream(String endpoint, long nonce) {
      this.endpoint = endpoint;
      this.nonce = nonce;
      registration =
          driver
              .aeron()
              .asyncAddExclusivePublication(driver.outbound(endpoint), TransferPlane.STREAM);
    }

    void add(Outgoing next) {
      if (queue.isEmpty()) {
        lastUseNanos = System.nanoTime();
      }
      queue.addLast(next);
    }

    boolean leadsTo(Outgoing next) {
      return endpoint.equals(next.endpoint) && nonce == next.nonce;
    }

    /// Whether it has not been used for long.
    boolean isOver(long nowNanos) {
      return !isBusy() && nowNanos - lastUseNanos > LINGER_NANOS;
    }

    boolean isBusy() {
      return !queue.isEmpty() || !unconfirmed.isEmpty();
    }

    int send(long nowNanos) {
      if (!isBusy()) {
        return 0;
      }
      ExclusivePublication open = publication;
      if (isIntroduced && open != null && !open.isConnected()) {
        failAll("the receiver at " + endpoint + " is gone, or has refused the stream");
        return 0;
      }
      if (open == null || !open.isConnected()) {
        if (nowNanos - lastUseNanos > CONNECT_NANOS) {
          failAll(
              "no connection to "
                  + endpoint
                  + " within "
                  + TimeUnit.NANOSECONDS.toSeconds(CONNECT_NANOS)
                  + " s");
        } else if (open == null) {
          open();
        }
        return 0;
      }
      if (!isIntroduced && !introduce(open)) {
        return 0;
      }
      Outgoing next = queue.peekFirst();
      if (next == null || !sendChunk(open, next)) {
        return 0;
      }
      lastUseNanos = nowNanos;
      queue.removeFirst();
      if (next.sent < next.object.size()) {
        queue.addLast(next);
      } else {
        unconfirmed.add(next.transferId);
      }
      return 1;
    }

    private void open() {
      try {
        publication = driver.aeron().getExclusivePublication(registration);
      } catch (RegistrationException e) {
        failAll("Aeron opens no stream to " + endpoint + ": " + e.getMessage());
      }
      if (publication != null) {
        chunkBytes =
            (publication.maxPayloadLength() - Chunk.HEADER_BYTES)
                / CHUNK_ALIGNMENT
                * CHUNK_ALIGNMENT;
      }
    }

    private boolean introduce(ExclusivePublication open) {
      byte[] proof = Chunk.proof(secret, self, nonce, open.sessionId());
      isIntroduced = open.offer(Chunk.hello(self, proof), 0, Chunk.HELLO_BYTES) > 0;
      return isIntroduced;
    }

    private boolean sendChunk(ExclusivePublication open, Outgoing next) {
      long offset = next.sent;
      long size = next.object.size();
      int length = (int) Math.min(chunkBytes, size - offset);
      long position = open.tryClaim(Chunk.HEADER_BYTES + length, claim);
      if (position < 0) {
        if (position == Publication.CLOSED || position == Publication.MAX_POSITION_EXCEEDED) {
          failAll("the stream to " + endpoint + " is closed");
        }
        return false;
      }
      MutableDirectBuffer chunk = claim.buffer();
      int at = claim.offset();
      Chunk.putHeader(chunk, at, next.transferId, offset, size, next.object.typeTag());
      if (length == chunkBytes && driver.takesFromStore()) {
        // A whole datagram, so that nothing else is in it.
        claim.reservedValue(OutboundSocket.FROM_STORE);
      } else {
        ByteBuffer data = next.data(offset, length);
        chunk.putInt(at + Chunk.CHECKSUM, checksum.of(chunk, at, data));
        chunk.putBytes(at + Chunk.HEADER_BYTES, data, 0, length);
      }
      claim.commit();
      next.sent += length;
      return true;
    }

    private void failAll(String reason) {
      queue.forEach(unsent -> fail(unsent.transferId, reason));
      queue.clear();
      unconfirmed.forEach(transferId -> fail(transferId, reason));
      unconfirmed.clear();
      // Not to be used again.
      lastUseNanos = System.nanoTime() - 2 * LINGER_NANOS;
    }

    private void fail(long transferId, String reason) {
      Outgoing failed = outgoing.remove(transferId);
      if (failed != null) {
        failed.object.close();
      }
      events.accept(new PlaneEvent.Unsent(transferId, reason));
    }

    void close(String reason) {
      failAll(reason);
      if (publication != null) {
        publication.close();
      } else {
        driver.aeron().asyncRemovePublication(registration);
      }
    }
  }
}
