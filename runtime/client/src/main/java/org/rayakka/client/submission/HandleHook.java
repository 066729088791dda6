package org.rayakka.client.submission;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.rayakka.api.BaseActorHandle;
import org.rayakka.api.ObjectRef;
import org.rayakka.api.id.ActorId;
import org.rayakka.api.id.ObjectId;
import org.rayakka.client.value.ReferenceHook;

/// Lets references and actor handles travel inside values. Layout, big-endian: `byte kind`, then of
/// a reference its 20 bytes, of an actor handle its 16 bytes, `int maxPendingCalls` and the actor's
/// class name in UTF-8.
public final class HandleHook implements ReferenceHook {
  private static final byte REFERENCE = 1;
  private static final byte ACTOR = 2;

  /// A hook.
  public HandleHook() {}

  @Override
  public boolean isHandle(Class<?> type) {
    return ObjectRef.class.isAssignableFrom(type) || BaseActorHandle.class.isAssignableFrom(type);
  }

  @Override
  public byte[] escaped(Object handle) {
    return switch (handle) {
      case ObjectRef<?> ref -> {
        if (ref instanceof ClientObjectRef<?> own) {
          own.escape();
        }
        ObjectId id = ref.getId();
        yield ByteBuffer.allocate(1 + ObjectId.BYTES)
            .put(REFERENCE)
            .putLong(id.high())
            .putLong(id.low())
            .putInt(id.index())
            .array();
      }
      case BaseActorHandle actor -> {
        String name = "";
        int maxPendingCalls = -1;
        if (actor instanceof ClientActorHandle<?> own) {
          name = own.className();
          maxPendingCalls = own.maxPendingCalls();
        }
        byte[] className = name.getBytes(StandardCharsets.UTF_8);
        yield ByteBuffer.allocate(1 + ActorId.BYTES + Integer.BYTES + className.length)
            .put(ACTOR)
            .putLong(actor.getId().high())
            .putLong(actor.getId().low())
            .putInt(maxPendingCalls)
            .put(className)
            .array();
      }
      default ->
          throw new IllegalArgumentException(
              "handle: " + handle.getClass().getName() + " (expected: ObjectRef or ActorHandle)");
    };
  }

  @Override
  public Object resolve(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte kind = in.get();
    return switch (kind) {
      case REFERENCE ->
          new ClientObjectRef<>(new ObjectId(in.getLong(), in.getLong(), in.getInt()));
      case ACTOR -> {
        ActorId id = new ActorId(in.getLong(), in.getLong());
        int maxPendingCalls = in.getInt();
        byte[] className = new byte[in.remaining()];
        in.get(className);
        yield new ClientActorHandle<>(
            id, new String(className, StandardCharsets.UTF_8), maxPendingCalls);
      }
      default -> throw new IllegalArgumentException("handle kind: " + kind + " (expected: 1 or 2)");
    };
  }
}
