package org.rayakka.node.scheduling.global;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.scheduling.global.GlobalScheduler.NodeGone;
import org.rayakka.node.scheduling.global.GlobalScheduler.PlaceTasks;
import org.rayakka.node.scheduling.global.GlobalScheduler.Placements;
import org.rayakka.node.scheduling.global.GlobalScheduler.ReportLoad;
import org.rayakka.protocol.sbe.Placement;

/// The bytes of what local schedulers and the global one say to each other.
public final class GlobalSchedulerSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 72_902;
  private static final String PLACE_TASKS = "P";
  private static final String REPORT_LOAD = "R";
  private static final String NODE_GONE = "G";
  private static final String PLACEMENTS = "A";

  private final ExtendedActorSystem system;

  /// Called by Akka.
  ///
  /// @param system whose references are read and written
  public GlobalSchedulerSerializer(ExtendedActorSystem system) {
    this.system = system;
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    return switch (message) {
      case PlaceTasks place -> PLACE_TASKS;
      case ReportLoad report -> REPORT_LOAD;
      case NodeGone gone -> NODE_GONE;
      case Placements placements -> PLACEMENTS;
      default -> throw unknown(message);
    };
  }

  private static IllegalArgumentException unknown(Object message) {
    return new IllegalArgumentException(
        message.getClass() + " (expected: a message to or from the global scheduler)");
  }

  @Override
  public byte[] toBinary(Object message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      write(out, message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void write(DataOutputStream out, Object message) throws IOException {
    switch (message) {
      case PlaceTasks(
              var request,
              var resources,
              var strategy,
              var count,
              var origin,
              var queued,
              var replyTo) -> {
        out.writeLong(request);
        writeAmounts(out, resources);
        out.writeByte(strategy.placement().value());
        writeNodeId(out, strategy.nodeId());
        out.writeLong(strategy.bytes());
        out.writeInt(count);
        writeNodeId(out, origin);
        out.writeInt(queued);
        out.writeUTF(resolver().toSerializationFormat(replyTo));
      }
      case ReportLoad(var nodeId, var total, var queued) -> {
        writeNodeId(out, nodeId);
        writeAmounts(out, total);
        out.writeInt(queued);
      }
      case NodeGone(var nodeId) -> writeNodeId(out, nodeId);
      case Placements(var request, var shares, var reason) -> {
        out.writeLong(request);
        out.writeInt(shares.size());
        for (Map.Entry<NodeId, Integer> share : shares.entrySet()) {
          writeNodeId(out, share.getKey());
          out.writeInt(share.getValue());
        }
        // No limit of its own: it names every node.
        out.writeChars(reason);
      }
      default -> throw unknown(message);
    }
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return read(in, manifest);
    } catch (IOException e) {
      throw new NotSerializableException(manifest + ": " + e);
    }
  }

  private Object read(DataInputStream in, String manifest) throws IOException {
    return switch (manifest) {
      case PLACE_TASKS ->
          new PlaceTasks(
              in.readLong(),
              readAmounts(in),
              new PlacementStrategy(Placement.get(in.readByte()), readNodeId(in), in.readLong()),
              in.readInt(),
              readNodeId(in),
              in.readInt(),
              resolver().resolveActorRef(in.readUTF()));
      case REPORT_LOAD -> new ReportLoad(readNodeId(in), readAmounts(in), in.readInt());
      case NODE_GONE -> new NodeGone(readNodeId(in));
      case PLACEMENTS -> new Placements(in.readLong(), readShares(in), readRest(in));
      default -> throw new IOException("expected a manifest of: P, R, G, A");
    };
  }

  private static Map<NodeId, Integer> readShares(DataInputStream in) throws IOException {
    Map<NodeId, Integer> shares = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      shares.put(readNodeId(in), in.readInt());
    }
    return shares;
  }

  private static String readRest(DataInputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    while (in.available() > 0) {
      text.append(in.readChar());
    }
    return text.toString();
  }

  private static void writeAmounts(DataOutputStream out, Map<String, Double> amounts)
      throws IOException {
    out.writeInt(amounts.size());
    for (Map.Entry<String, Double> amount : amounts.entrySet()) {
      out.writeUTF(amount.getKey());
      out.writeDouble(amount.getValue());
    }
  }

  private static Map<String, Double> readAmounts(DataInputStream in) throws IOException {
    Map<String, Double> amounts = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      amounts.put(in.readUTF(), in.readDouble());
    }
    return amounts;
  }

  private static void writeNodeId(DataOutputStream out, NodeId id) throws IOException {
    out.writeLong(id.high());
    out.writeLong(id.low());
  }

  private static NodeId readNodeId(DataInputStream in) throws IOException {
    return new NodeId(in.readLong(), in.readLong());
  }

  private ActorRefResolver resolver() {
    return ActorRefResolver.get(Adapter.toTyped(system));
  }
}
