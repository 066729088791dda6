package org.rayakka.node.peer;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.ByteBufferSerializer;
import akka.serialization.SerializerWithStringManifest;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.peer.WireMessage.Acknowledge;
import org.rayakka.node.peer.WireMessage.Hello;
import org.rayakka.node.peer.WireMessage.Parcel;
import org.rayakka.node.peer.WireMessage.Part;

/// Writes {@link WireMessage}s straight into Akka Remote's buffers.
public final class WireSerializer extends SerializerWithStringManifest
    implements ByteBufferSerializer {
  private static final int IDENTIFIER = 72_901;
  private static final String HELLO = "H";
  private static final String PARCEL = "P";
  private static final String ACKNOWLEDGE = "A";

  /// Beside a parcel's bytes.
  private static final int OVERHEAD_BYTES = 64;

  private final ExtendedActorSystem system;

  /// Called by Akka.
  ///
  /// @param system whose references are read and written
  public WireSerializer(ExtendedActorSystem system) {
    this.system = system;
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    return switch ((WireMessage) message) {
      case Hello hello -> HELLO;
      case Parcel parcel -> PARCEL;
      case Acknowledge acknowledge -> ACKNOWLEDGE;
    };
  }

  @Override
  public byte[] toBinary(Object message) {
    int bytes =
        switch ((WireMessage) message) {
          case Hello hello -> OVERHEAD_BYTES + address(hello).length;
          case Parcel parcel -> OVERHEAD_BYTES + parcel.part().bytes().length;
          case Acknowledge acknowledge -> OVERHEAD_BYTES;
        };
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    toBinary(message, buffer);
    byte[] written = new byte[buffer.position()];
    buffer.flip().get(written);
    return written;
  }

  @Override
  public void toBinary(Object message, ByteBuffer buffer) {
    WireMessage wire = (WireMessage) message;
    buffer.putLong(wire.from().high()).putLong(wire.from().low());
    switch (wire) {
      case Hello hello -> {
        byte[] address = address(hello);
        buffer.putInt(address.length).put(address);
      }
      case Parcel(var from, var acknowledged, var part) ->
          buffer
              .putLong(acknowledged)
              .putLong(part.number())
              .put((byte) (part.isLast() ? 1 : 0))
              .putInt(part.bytes().length)
              .put(part.bytes());
      case Acknowledge(var from, var acknowledged) -> buffer.putLong(acknowledged);
    }
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    return fromBinary(ByteBuffer.wrap(bytes), manifest);
  }

  @Override
  public Object fromBinary(ByteBuffer buffer, String manifest) throws NotSerializableException {
    NodeId from = new NodeId(buffer.getLong(), buffer.getLong());
    return switch (manifest) {
      case HELLO ->
          new Hello(
              from, resolver().resolveActorRef(new String(bytes(buffer), StandardCharsets.UTF_8)));
      case PARCEL ->
          new Parcel(
              from, buffer.getLong(), new Part(buffer.getLong(), buffer.get() != 0, bytes(buffer)));
      case ACKNOWLEDGE -> new Acknowledge(from, buffer.getLong());
      default ->
          throw new NotSerializableException("manifest: " + manifest + " (expected: H, P, A)");
    };
  }

  private byte[] address(Hello hello) {
    return resolver().toSerializationFormat(hello.peers()).getBytes(StandardCharsets.UTF_8);
  }

  private ActorRefResolver resolver() {
    return ActorRefResolver.get(Adapter.toTyped(system));
  }

  private static byte[] bytes(ByteBuffer buffer) throws NotSerializableException {
    int length = buffer.getInt();
    if (length < 0 || length > buffer.remaining()) {
      throw new NotSerializableException(
          "length: " + length + " (expected: 0 to " + buffer.remaining() + ")");
    }
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }
}
