package org.rayakka.node.transfer;

import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;
import org.rayakka.objectstore.ObjectExistsException;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.ObjectStoreFullException;
import org.rayakka.objectstore.UnsealedObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what other nodes send into this node's store. Belongs to the plane's thread.
///
/// A chunk is checked after it was copied to its place, so that what was checked is what is read.
final class TransferReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(TransferReceiver.class);

  /// Chunks taken in at a time, before there is something else's turn.
  private static final int CHUNKS_PER_TURN = 64;

  /// Large objects are mapped in such steps, ahead of the bytes: touching pages that are not mapped
  /// costs more than copying does.
  private static final long MAP_BYTES = 8L << 20;

  /// A stream that has not proved that it belongs to the cluster.
  private static final NodeId STRANGER = NodeId.NIL;

  private final ObjectStore store;
  private final TransferSettings settings;
  private final long nonce;
  private final Consumer<PlaneEvent> events;
  private final Runnable takeOrders;
  private final Long2ObjectHashMap<Expected> expected = new Long2ObjectHashMap<>();
  private final Int2ObjectHashMap<NodeId> streams = new Int2ObjectHashMap<>();
  private final FragmentHandler onFragment = this::onFragment;
  private final Chunk.Checksum checksum = new Chunk.Checksum();
  private final UnsafeBuffer destination = new UnsafeBuffer(0, 0);

  private record Expected(NodeId holder, Incoming incoming) {}

  /// Makes a receiver.
  ///
  /// @param takeOrders carries out what was ordered up to now
  TransferReceiver(
      ObjectStore store,
      TransferSettings settings,
      long nonce,
      Consumer<PlaneEvent> events,
      Runnable takeOrders) {
    this.store = store;
    this.settings = settings;
    this.nonce = nonce;
    this.events = events;
    this.takeOrders = takeOrders;
  }

  /// From now on, chunks of the transfer are taken in.
  void expect(long transferId, NodeId holder, Incoming incoming) {
    incoming.lastProgressNanos = 0;
    incoming.placed = incoming.received;
    expected.put(transferId, new Expected(holder, incoming));
  }

  /// From now on, they are dropped; what has come stays.
  void stop(long transferId) {
    expected.remove(transferId);
    events.accept(new PlaneEvent.Stopped(transferId));
  }

  boolean isBusy() {
    return !expected.isEmpty();
  }

  /// Takes in what has come.
  int receive(Subscription subscription) {
    return subscription.poll(onFragment, CHUNKS_PER_TURN);
  }

  /// Puts the data of a chunk in its place as it arrives, if it is the next one of its object. What
  /// comes in another order, and what is corrupt, is left to the stream.
  ///
  /// @return whether it is in its place
  boolean place(int session, DirectBuffer buffer, int at, int length) {
    NodeId sender = streams.get(session);
    Expected transfer = expected.get(buffer.getLong(at + Chunk.TRANSFER));
    if (sender == null || transfer == null || !transfer.holder().equals(sender)) {
      return false;
    }
    Incoming incoming = transfer.incoming();
    UnsealedObject object = incoming.object;
    int dataLength = length - Chunk.HEADER_BYTES;
    if (object == null
        || buffer.getLong(at + Chunk.OFFSET) != incoming.placed
        || buffer.getLong(at + Chunk.SIZE) != incoming.size
        || dataLength > incoming.size - incoming.placed
        || !take(incoming, object, buffer, at, dataLength)) {
      return false;
    }
    incoming.placed += dataLength;
    return true;
  }

  /// Finds transfers that have stopped on the way.
  void check(long nowNanos) {
    List<Long> stalled = new ArrayList<>();
    expected.forEach((transferId, transfer) -> {
      long last = transfer.incoming().lastProgressNanos;
      if (last != 0 && nowNanos - last > settings.stallTimeout().toNanos()) {
        stalled.add(transferId);
      }
    });
    for (long transferId : stalled) {
      events.accept(
          new PlaneEvent.Broken(transferId, "nothing came for " + settings.stallTimeout()));
    }
  }

  void streamEnded(Image image) {
    streams.remove(image.sessionId());
  }

  private void onFragment(DirectBuffer buffer, int at, int length, Header header) {
    NodeId sender = streams.get(header.sessionId());
    if (sender == null) {
      welcome(buffer, at, length, header);
    } else if (!sender.equals(STRANGER) && length >= Chunk.HEADER_BYTES) {
      onChunk(sender, buffer, at, length);
    }
  }

  private void welcome(DirectBuffer buffer, int at, int length, Header header) {
    int session = header.sessionId();
    if (Chunk.isHello(buffer, at, length)) {
      NodeId sender = Chunk.senderOf(buffer, at);
      byte[] proof = Chunk.proof(settings.secret(), sender, nonce, session);
      if (!sender.isNil() && MessageDigest.isEqual(proof, Chunk.proofOf(buffer, at))) {
        streams.put(session, sender);
        return;
      }
    }
    streams.put(session, STRANGER);
    Image image = (Image) header.context();
    LOG.warn("transfer refuses a stream from={} reason=no proof", image.sourceIdentity());
    image.reject("not a node of this cluster");
  }

  private void onChunk(NodeId sender, DirectBuffer buffer, int at, int length) {
    long transferId = buffer.getLong(at + Chunk.TRANSFER);
    Expected transfer = expected.get(transferId);
    if (transfer == null) {
      // The order to expect it may have come while this was polled.
      takeOrders.run();
      transfer = expected.get(transferId);
    }
    if (transfer == null || !transfer.holder().equals(sender)) {
      return;
    }
    Incoming incoming = transfer.incoming();
    long offset = buffer.getLong(at + Chunk.OFFSET);
    long size = buffer.getLong(at + Chunk.SIZE);
    int dataLength = length - Chunk.HEADER_BYTES;
    if (incoming.size == Incoming.UNKNOWN_SIZE && size >= 0) {
      incoming.size = size;
    }
    if (size != incoming.size
        || offset != incoming.received
        || dataLength > size - offset
        || (dataLength == 0 && size != 0)) {
      refuse(
          transferId,
          "a chunk of %d bytes at %d of %d (expected: at %d of %d)"
              .formatted(dataLength, offset, size, incoming.received, incoming.size));
      return;
    }
    UnsealedObject object = incoming.object;
    if (object == null) {
      object = create(transferId, incoming, buffer.getInt(at + Chunk.TYPE_TAG));
      if (object == null) {
        return;
      }
      incoming.object = object;
    }
    if (offset + dataLength > incoming.placed) {
      incoming.placed = offset;
      if (!take(incoming, object, buffer, at, dataLength)) {
        refuse(transferId, "the chunk at " + offset + " does not have its checksum");
        return;
      }
      incoming.placed += dataLength;
    }
    incoming.received += dataLength;
    incoming.lastProgressNanos = System.nanoTime();
    if (incoming.received == incoming.size) {
      expected.remove(transferId);
      object.seal();
      incoming.object = null;
      events.accept(new PlaneEvent.Complete(transferId));
    }
  }

  /// Copies the data of the chunk behind what is in its place already.
  ///
  /// @return false if its checksum is another
  private boolean take(
      Incoming incoming, UnsealedObject object, DirectBuffer buffer, int at, int dataLength) {
    MemorySegment data = object.data();
    while (incoming.mapped < incoming.placed + dataLength) {
      object.populate(incoming.mapped, Math.min(MAP_BYTES, incoming.size - incoming.mapped));
      incoming.mapped = Math.min(incoming.size, incoming.mapped + MAP_BYTES);
    }
    destination.wrap(data.address() + incoming.placed, dataLength);
    buffer.getBytes(at + Chunk.HEADER_BYTES, destination, 0, dataLength);
    int computed =
        checksum.of(buffer, at, data.asSlice(incoming.placed, dataLength).asByteBuffer());
    return computed == buffer.getInt(at + Chunk.CHECKSUM);
  }

  private @Nullable UnsealedObject create(long transferId, Incoming incoming, int typeTag) {
    try {
      return store.create(incoming.id, typeTag, incoming.size);
    } catch (ObjectStoreFullException e) {
      expected.remove(transferId);
      events.accept(new PlaneEvent.NoRoom(transferId));
    } catch (ObjectExistsException e) {
      refuse(transferId, "it is being made here");
    }
    return null;
  }

  private void refuse(long transferId, String reason) {
    expected.remove(transferId);
    events.accept(new PlaneEvent.Broken(transferId, reason));
  }
}
