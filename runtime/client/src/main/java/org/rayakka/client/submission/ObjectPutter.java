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
    if (store(id, value)) {
      references.put(id, value.size());
    }
    return references.own(id);
  }

  /// Stores an argument of a task. Nobody but the task refers to it: the node, which then holds it
  /// for the task, is to be told right behind the task that it is {@link References#release
  /// released}.
  ///
  /// @throws ObjectStoreFullException if there is no room
  ObjectId putArgument(TaskContext context, EncodedValue value) {
    ObjectId id = ObjectId.ofPut(context.task(), context.nextPut());
    store(id, value);
    return id;
  }

  /// Returns false if it is there already: the task has run before, to this point, and what it put
  /// then is still here.
  private boolean store(ObjectId id, EncodedValue value) {
    try (UnsealedObject object = store.create(id, value.typeTag(), value.size())) {
      value.writeTo(object);
      object.seal();
      return true;
    } catch (ObjectExistsException e) {
      return false;
    } catch (org.rayakka.objectstore.ObjectStoreFullException e) {
      throw new ObjectStoreFullException(String.valueOf(e.getMessage()), e);
    }
  }
}
