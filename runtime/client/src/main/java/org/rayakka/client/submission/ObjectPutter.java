package org.rayakka.client.submission;

import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.ObjectStoreFullException;
import org.rayakka.api.id.ObjectId;
import org.rayakka.client.value.EncodedValue;
import org.rayakka.objectstore.ObjectExistsException;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.UnsealedObject;

/// Stores values under the ids of the task that puts them.
final class ObjectPutter {
  private final ObjectStore store;
  private final References references;

  ObjectPutter(ObjectStore store, References references) {
    this.store = store;
    this.references = references;
  }

  /// Stores a value and makes its counted reference.
  ///
  /// @throws ObjectStoreFullException if there is no room
  <T extends @Nullable Object> ClientObjectRef<T> put(TaskContext context, EncodedValue value) {
    ObjectId id = ObjectId.ofPut(context.task(), context.nextPut());
    try (UnsealedObject object = store.create(id, value.typeTag(), value.size())) {
      value.writeTo(object);
      object.seal();
    } catch (ObjectExistsException e) {
      // This task has run before, to this point, and what it put then is still here.
      return references.own(id);
    } catch (org.rayakka.objectstore.ObjectStoreFullException e) {
      throw new ObjectStoreFullException(String.valueOf(e.getMessage()), e);
    }
    references.put(id, value.size());
    return references.own(id);
  }
}
