package org.rayakka.node.object;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.node.peer.PeerMessage.ObjectReport;
import org.rayakka.objectstore.ObjectExistsException;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.ObjectStoreFullException;
import org.rayakka.objectstore.SealedObject;
import org.rayakka.objectstore.UnsealedObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Objects as they travel in messages: written to the store when they come, and read from it when
/// they go. Belongs to the object manager.
final class SmallObjects {
  private static final Logger LOG = LoggerFactory.getLogger(SmallObjects.class);

  private final NodeId nodeId;
  private final ObjectStore store;

  /// Writes to a store, and reads from it.
  ///
  /// @param nodeId the store's node
  /// @param store the node's own view; its space requester must not block
  SmallObjects(NodeId nodeId, ObjectStore store) {
    this.nodeId = nodeId;
    this.store = store;
  }

  /// Puts an object into the store, unless it is there.
  ///
  /// @return false if the store is full
  boolean seal(ObjectId id, int typeTag, byte[] bytes) {
    try (UnsealedObject object = store.create(id, typeTag, bytes.length)) {
      MemorySegment.copy(bytes, 0, object.data(), ValueLayout.JAVA_BYTE, 0, bytes.length);
      object.seal();
      return true;
    } catch (ObjectExistsException e) {
      // Somebody was faster: the task's worker before it was lost, or another copy.
      return true;
    } catch (ObjectStoreFullException e) {
      LOG.warn("no room for {}", id);
      return false;
    }
  }

  /// What another node is told of an object that is here: its data if it is small, or that this
  /// node has it; null if it is not here.
  @Nullable ObjectReport report(ObjectId id) {
    try (SealedObject object = store.get(id)) {
      if (object == null) {
        return null;
      }
      return object.size() <= ObjectReport.MAX_INLINE_BYTES
          ? ObjectReport.ofBytes(id, object.typeTag(), object.view().toArray(ValueLayout.JAVA_BYTE))
          : ObjectReport.ofHolders(id, object.size(), List.of(nodeId));
    }
  }
}
