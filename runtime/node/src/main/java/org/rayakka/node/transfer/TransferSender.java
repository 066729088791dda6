package org.rayakka.node.transfer;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.exceptions.RegistrationException;
import io.aeron.logbuffer.BufferClaim;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;

/// Sends objects straight from the mapped store: a stream for each node, on which the objects that
/// are on their way to it take turns, a chunk each. Belongs to the plane's thread.
final class TransferSender {
  /// Chunks put on one stream before it is another's turn, and the driver's, which sends one. What
  /// the driver reads soon is in the core's cache still.
  private static final int CHUNKS_PER_TURN = 2;

  /// A multiple of this is copied fastest, since objects start at one.
  private static final int CHUNK_ALIGNMENT = 64;

  /// How long a stream may take to open, and may be without its receiver.
  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /// A stream that nothing is sent on for so long is closed: it holds shared memory at both ends.
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long MAP_BYTES = 8L << 20;

  private final NodeId self;
  private final String secret;
  private final AeronDriver driver;
  private final Consumer<PlaneEvent> events;
  private final Map<NodeId, Stream> streams = new HashMap<>();
  private final Chunk.Checksum checksum = new Chunk.Checksum();
  private final BufferClaim claim = new BufferClaim();
  private final UnsafeBuffer source = new UnsafeBuffer(0, 0);

  TransferSender(NodeId self, String secret, AeronDriver driver, Consumer<PlaneEvent> events) {
    this.self = self;
    this.secret = secret;
    this.driver = driver;
    this.events = events;
  }

  void send(Outgoing outgoing) {
    Stream stream = streams.get(outgoing.receiver);
    if (stream != null && !stream.leadsTo(outgoing)) {
      // The receiver has started anew.
      stream.close("the receiver takes bytes elsewhere now");
      streams.remove(outgoing.receiver);
      stream = null;
    }
    if (stream == null) {
      stream = new Stream(outgoing.endpoint, outgoing.nonce);
      streams.put(outgoing.receiver, stream);
    }
    stream.add(outgoing);
  }

  /// The receiver has the object, or does not want it any more: sends nothing more of it.
  void end(long transferId) {
    for (Stream stream : streams.values()) {
      stream.unconfirmed.remove(transferId);
      Iterator<Outgoing> queued = stream.queue.iterator();
      while (queued.hasNext()) {
        Outgoing outgoing = queued.next();
        if (outgoing.transferId == transferId) {
          queued.remove();
          outgoing.object.close();
        }
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
    private final Set<Long> unconfirmed = new HashSet<>();

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

    void add(Outgoing outgoing) {
      if (queue.isEmpty()) {
        lastUseNanos = System.nanoTime();
      }
      queue.addLast(outgoing);
    }

    boolean leadsTo(Outgoing outgoing) {
      return endpoint.equals(outgoing.endpoint) && nonce == outgoing.nonce;
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
      int chunks = 0;
      while (chunks < CHUNKS_PER_TURN && !queue.isEmpty()) {
        Outgoing outgoing = queue.getFirst();
        if (!sendChunk(open, outgoing)) {
          break;
        }
        chunks++;
        queue.removeFirst();
        if (outgoing.sent < outgoing.object.size()) {
          queue.addLast(outgoing);
        } else {
          unconfirmed.add(outgoing.transferId);
          outgoing.object.close();
        }
      }
      if (chunks > 0) {
        lastUseNanos = nowNanos;
      }
      return chunks;
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

    private boolean sendChunk(ExclusivePublication open, Outgoing outgoing) {
      long offset = outgoing.sent;
      long size = outgoing.object.size();
      int length = (int) Math.min(chunkBytes, size - offset);
      long position = open.tryClaim(Chunk.HEADER_BYTES + length, claim);
      if (position < 0) {
        if (position == Publication.CLOSED || position == Publication.MAX_POSITION_EXCEEDED) {
          failAll("the stream to " + endpoint + " is closed");
        }
        return false;
      }
      while (outgoing.mapped < offset + length) {
        outgoing.object.populate(outgoing.mapped, Math.min(MAP_BYTES, size - outgoing.mapped));
        outgoing.mapped = Math.min(size, outgoing.mapped + MAP_BYTES);
      }
      MutableDirectBuffer chunk = claim.buffer();
      int at = claim.offset();
      Chunk.putHeader(chunk, at, outgoing.transferId, offset, size, outgoing.object.typeTag());
      source.wrap(outgoing.data.address() + offset, length);
      chunk.putBytes(at + Chunk.HEADER_BYTES, source, 0, length);
      chunk.putInt(
          at + Chunk.CHECKSUM,
          checksum.of(chunk, at, outgoing.data.asSlice(offset, length).asByteBuffer()));
      claim.commit();
      outgoing.sent += length;
      return true;
    }

    private void failAll(String reason) {
      while (!queue.isEmpty()) {
        Outgoing outgoing = queue.removeFirst();
        outgoing.object.close();
        events.accept(new PlaneEvent.Unsent(outgoing.transferId, reason));
      }
      unconfirmed.forEach(transferId -> events.accept(new PlaneEvent.Unsent(transferId, reason)));
      unconfirmed.clear();
      // Not to be used again.
      lastUseNanos = System.nanoTime() - 2 * LINGER_NANOS;
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
