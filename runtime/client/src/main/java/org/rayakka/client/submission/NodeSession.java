package org.rayakka.client.submission;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.api.id.TaskId;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.objectstore.SpaceRequester;
import org.rayakka.protocol.Protocol;
import org.rayakka.protocol.sbe.ClientKind;
import org.rayakka.protocol.sbe.GoodbyeEncoder;
import org.rayakka.protocol.sbe.HelloEncoder;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.MessageHeaderEncoder;
import org.rayakka.protocol.sbe.RefusedDecoder;
import org.rayakka.protocol.sbe.RequestKind;
import org.rayakka.protocol.sbe.WelcomeDecoder;

/// A client's place at its node: the connection, after the greeting, and its view of the store.
public final class NodeSession implements AutoCloseable {
  /// The node's socket in its session's folder.
  public static final String SOCKET = "node.sock";

  /// What a client must know to be let in, in the session's folder.
  public static final String SECRET = "secret";

  private static final long GREETING_TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(30);
  private static final long MAKE_ROOM_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Path directory;
  private final NodeConnection connection;
  private final Welcome welcome;
  private final ObjectStore store;

  private NodeSession(Path directory, NodeConnection connection, Welcome welcome) {
    this.directory = directory;
    this.connection = connection;
    this.welcome = welcome;
    store = ObjectStore.attach(Path.of(welcome.segmentPath()), welcome.slot(), spaceRequester());
  }

  /// How a client introduces itself.
  ///
  /// @param kind driver, worker or observer
  /// @param startupToken a worker's: the number its node started it with
  /// @param objectIdSeed a driver's, or 0
  /// @param jobName a driver's; may be empty
  /// @param jobNamespace a driver's; empty for one of its own
  /// @param classPath a driver's: what its workers load
  /// @param jvmOptions a driver's: for its workers
  /// @param showsOutput a driver's: whether it shows what its tasks print
  public record Introduction(
      ClientKind kind,
      long startupToken,
      long objectIdSeed,
      String jobName,
      String jobNamespace,
      List<String> classPath,
      List<String> jvmOptions,
      boolean showsOutput) {

    /// A worker's.
    public static Introduction ofWorker(long startupToken) {
      return new Introduction(
          ClientKind.WORKER, startupToken, 0, "", "", List.of(), List.of(), false);
    }

    /// Of one that only looks.
    static Introduction ofObserver() {
      return new Introduction(ClientKind.OBSERVER, 0, 0, "", "", List.of(), List.of(), false);
    }
  }

  /// What the node answered.
  ///
  /// @param nodeId the node
  /// @param jobId the client's job
  /// @param rootTaskId a driver's own task
  /// @param slot the client's in the store
  /// @param sendsOutput whether a worker shall send what its tasks print
  /// @param segmentPath the store's memory
  /// @param sessionDirectory the session's folder
  /// @param redisAddresses of the control state's servers, the primary first
  /// @param nodeAddress of the node
  /// @param jobNamespace of the job
  public record Welcome(
      NodeId nodeId,
      JobId jobId,
      TaskId rootTaskId,
      int slot,
      boolean sendsOutput,
      String segmentPath,
      String sessionDirectory,
      List<String> redisAddresses,
      String nodeAddress,
      String jobNamespace) {

    private static Welcome of(WelcomeDecoder frame) {
      return new Welcome(
          new NodeId(frame.nodeId().high(), frame.nodeId().low()),
          new JobId(frame.jobId()),
          new TaskId(frame.rootTaskId().high(), frame.rootTaskId().low()),
          frame.slot(),
          frame.sendsOutput() != 0,
          text(frame.segmentPathLength(), frame::getSegmentPath),
          text(frame.sessionDirectoryLength(), frame::getSessionDirectory),
          List.of(text(frame.redisAddressLength(), frame::getRedisAddress).split(",", -1)),
          text(frame.nodeAddressLength(), frame::getNodeAddress),
          text(frame.jobNamespaceLength(), frame::getJobNamespace));
    }
  }

  /// Copies variable-length data out of a frame.
  @FunctionalInterface
  public interface Field {
    /// Copies the data; returns its length.
    int get(byte[] destination, int offset, int length);
  }

  /// Reads the text that stands next in a frame.
  public static String text(int length, Field field) {
    byte[] utf8 = new byte[length];
    field.get(utf8, 0, length);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /// Connects to a node, introduces itself, and maps the store.
  ///
  /// @param directory the session's folder
  /// @param introduction who connects
  /// @throws RaySystemException if there is no node, or it refuses
  public static NodeSession open(Path directory, Introduction introduction) {
    Greeted greeted = greet(directory, introduction);
    try {
      return new NodeSession(directory, greeted.connection, greeted.welcome);
    } catch (RuntimeException e) {
      greeted.connection.close();
      throw e;
    }
  }

  /// A connection that the node has accepted.
  record Greeted(NodeConnection connection, Welcome welcome) {}

  /// Connects to a node and introduces itself.
  static Greeted greet(Path directory, Introduction introduction) {
    NodeConnection connection;
    String secret;
    try {
      secret = secret(directory);
      connection =
          NodeConnection.open(
              directory.resolve(SOCKET), introduction.kind().name().toLowerCase(Locale.ROOT));
    } catch (IOException e) {
      throw new RaySystemException("no node serves the session " + directory + ": " + e);
    }
    try {
      connection.append((buffer, offset) -> encodeHello(introduction, secret, buffer, offset));
      connection.flush();
      return new Greeted(connection, awaitWelcome(connection));
    } catch (IOException | RuntimeException e) {
      connection.close();
      if (e instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new RaySystemException("the node of " + directory + " does not answer: " + e);
    }
  }

  private static String secret(Path directory) throws IOException {
    try {
      return Files.readString(directory.resolve(SECRET)).strip();
    } catch (NoSuchFileException e) {
      throw new IOException("there is no " + e.getFile() + " (expected: a running session)", e);
    }
  }

  private static int encodeHello(
      Introduction introduction, String secret, MutableDirectBuffer buffer, int offset) {
    HelloEncoder hello =
        new HelloEncoder()
            .wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder())
            .kind(introduction.kind())
            .protocolVersion(Protocol.VERSION)
            .pid(ProcessHandle.current().pid())
            .startupToken(introduction.startupToken())
            .objectIdSeed(introduction.objectIdSeed())
            .showsOutput((short) (introduction.showsOutput() ? 1 : 0));
    byte[] text = secret.getBytes(StandardCharsets.UTF_8);
    hello.putSecret(text, 0, text.length);
    text = introduction.jobName().getBytes(StandardCharsets.UTF_8);
    hello.putJobName(text, 0, text.length);
    text = String.join("\n", introduction.classPath()).getBytes(StandardCharsets.UTF_8);
    hello.putClassPath(text, 0, text.length);
    text = String.join("\n", introduction.jvmOptions()).getBytes(StandardCharsets.UTF_8);
    hello.putJvmOptions(text, 0, text.length);
    text = introduction.jobNamespace().getBytes(StandardCharsets.UTF_8);
    hello.putJobNamespace(text, 0, text.length);
    return MessageHeaderEncoder.ENCODED_LENGTH + hello.encodedLength();
  }

  private static Welcome awaitWelcome(NodeConnection connection) throws IOException {
    Greeting greeting = new Greeting(connection);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GREETING_TIMEOUT_MILLIS);
    while (greeting.welcome == null) {
      connection.read(greeting::onFrame, GREETING_TIMEOUT_MILLIS);
      if (greeting.welcome == null && System.nanoTime() - deadline >= 0) {
        throw new IOException("no answer within " + GREETING_TIMEOUT_MILLIS + " ms");
      }
    }
    return greeting.welcome;
  }

  /// Takes the node's first frame, and leaves those behind it to whoever reads next.
  private static final class Greeting {
    private final NodeConnection connection;
    private @Nullable Welcome welcome;

    Greeting(NodeConnection connection) {
      this.connection = connection;
    }

    void onFrame(MessageHeaderDecoder header, DirectBuffer buffer, int offset, int length)
        throws IOException {
      if (welcome != null) {
        connection.keepForNextRead(buffer, offset, length);
        return;
      }
      int body = offset + header.encodedLength();
      switch (header.templateId()) {
        case WelcomeDecoder.TEMPLATE_ID ->
            welcome =
                Welcome.of(
                    new WelcomeDecoder()
                        .wrap(buffer, body, header.blockLength(), header.version()));
        case RefusedDecoder.TEMPLATE_ID -> {
          RefusedDecoder refused =
              new RefusedDecoder().wrap(buffer, body, header.blockLength(), header.version());
          throw new RaySystemException(
              "the node refuses this process: " + text(refused.reasonLength(), refused::getReason));
        }
        default ->
            throw new IOException(
                "frame type: " + header.templateId() + " (expected: Welcome or Refused)");
      }
    }
  }

  private SpaceRequester spaceRequester() {
    return bytes -> {
      byte[] freed =
          NodeConnection.await(
              connection.request(RequestKind.MAKE_ROOM, new Payload().putLong(bytes).bytes()),
              MAKE_ROOM_TIMEOUT_NANOS);
      return Payload.of(freed).getLong();
    };
  }

  /// The session's folder.
  public Path directory() {
    return directory;
  }

  public NodeConnection connection() {
    return connection;
  }

  public Welcome welcome() {
    return welcome;
  }

  public ObjectStore store() {
    return store;
  }

  /// Says goodbye, and lets go of the store.
  @Override
  public void close() {
    if (connection.isOpen()) {
      connection.gather((buffer, offset) -> {
        new GoodbyeEncoder().wrapAndApplyHeader(buffer, offset, new MessageHeaderEncoder());
        return MessageHeaderEncoder.ENCODED_LENGTH + GoodbyeEncoder.BLOCK_LENGTH;
      });
    }
    try {
      connection.close();
    } catch (UncheckedIOException e) {
      throw new RaySystemException("the connection did not close: " + e, e);
    } finally {
      store.close();
    }
  }
}
