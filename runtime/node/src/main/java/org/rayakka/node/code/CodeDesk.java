package org.rayakka.node.code;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.JobId;
import org.rayakka.api.id.NodeId;
import org.rayakka.node.code.CodeMessage.Describe;
import org.rayakka.node.code.CodeMessage.Described;
import org.rayakka.node.code.CodeMessage.NoPiece;
import org.rayakka.node.code.CodeMessage.NotDescribed;
import org.rayakka.node.code.CodeMessage.Piece;
import org.rayakka.node.code.CodeMessage.Read;

/// Gets the code of guests from their drivers' nodes, and gives that of this node's drivers to
/// others. Each file travels once to a node, whatever it is called and however many jobs have it.
///
/// It reads and writes files in its own thread: it runs on a dispatcher for what blocks.
public final class CodeDesk {

  /// What it can be told.
  public sealed interface Command {}

  /// A driver of this node has started a job, whose tasks other nodes may run.
  ///
  /// @param jobId which
  /// @param classPath its code
  public record Offer(JobId jobId, List<String> classPath) implements Command {
    /// Copies its list.
    public Offer {
      classPath = List.copyOf(classPath);
    }
  }

  /// Workers of a guest need its code.
  ///
  /// @param jobId which
  /// @param driver the node of its driver
  /// @param answer completed with a class path on this node
  public record Need(JobId jobId, NodeId driver, CompletableFuture<List<String>> answer)
      implements Command {}

  /// Another node says something.
  ///
  /// @param from which
  /// @param message what
  public record FromPeer(NodeId from, CodeMessage message) implements Command {}

  /// Another node is gone.
  ///
  /// @param nodeId which
  public record PeerLost(NodeId nodeId) implements Command {}

  /// A job has ended.
  ///
  /// @param jobId which
  public record JobEnded(JobId jobId) implements Command {}

  /// So much of a file is sent at once.
  private static final int PIECE_BYTES = 256 << 10;

  /// So many pieces of a file are asked for before one has come.
  private static final int PIECES_AHEAD = 8;

  /// A guest whose code is not all here.
  private static final class Guest {
    final NodeId driver;
    final CompletableFuture<List<String>> answer;
    final List<String> classPath = new ArrayList<>();
    final Set<String> missing = new HashSet<>();
    boolean isDescribed;

    Guest(NodeId driver, CompletableFuture<List<String>> answer) {
      this.driver = driver;
      this.answer = answer;
    }
  }

  /// A file on its way here.
  private static final class Download {
    final NodeId from;
    final CodeFile file;
    final CodeCache.Incoming incoming;
    long asked;

    Download(NodeId from, CodeFile file, CodeCache.Incoming incoming) {
      this.from = from;
      this.file = file;
      this.incoming = incoming;
    }
  }

  private final ActorContext<Command> context;
  private final CodePackager packager;
  private final CodeCache cache;
  private final BiConsumer<NodeId, CodeMessage> peers;

  private final Map<JobId, List<String>> offered = new HashMap<>();
  private final Map<JobId, List<CodePackager.Packed>> packed = new HashMap<>();
  private final Map<JobId, Guest> guests = new HashMap<>();

  /// The files that came and that jobs which are guests here need.
  private final Map<JobId, List<Path>> used = new HashMap<>();

  private final Map<String, Download> downloads = new HashMap<>();

  private CodeDesk(
      ActorContext<Command> context,
      Path folder,
      List<String> ownClassPath,
      List<String> nodeClassPath,
      BiConsumer<NodeId, CodeMessage> peers) {
    this.context = context;
    packager = new CodePackager(folder);
    cache = new CodeCache(folder, ownClassPath, nodeClassPath);
    this.peers = peers;
  }

  /// Makes the actor.
  ///
  /// @param folder for files that travel; made when it is needed
  /// @param ownClassPath what every worker of this node loads
  /// @param nodeClassPath what the node itself loads
  /// @param peers takes what is said to other nodes
  /// @return its behaviour
  public static Behavior<Command> create(
      Path folder,
      List<String> ownClassPath,
      List<String> nodeClassPath,
      BiConsumer<NodeId, CodeMessage> peers) {
    return Behaviors.setup(
        context -> new CodeDesk(context, folder, ownClassPath, nodeClassPath, peers).running());
  }

  private Behavior<Command> running() {
    return Behaviors.receiveMessage(command -> {
      switch (command) {
        case Offer(var jobId, var classPath) -> offered.putIfAbsent(jobId, classPath);
        case Need(var jobId, var driver, var answer) -> {
          guests.put(jobId, new Guest(driver, answer));
          peers.accept(driver, new Describe(jobId));
        }
        case FromPeer(var from, var message) -> said(from, message);
        case PeerLost(var node) -> lost(node);
        case JobEnded(var jobId) -> ended(jobId);
      }
      return Behaviors.same();
    });
  }

  private void said(NodeId from, CodeMessage message) {
    switch (message) {
      case Describe(var jobId) -> peers.accept(from, describe(jobId));
      case Described(var jobId, var files) -> described(jobId, files);
      case NotDescribed(var jobId, var reason) -> fail(jobId, reason);
      case Read(var sha256, var offset) -> peers.accept(from, read(sha256, offset));
      case Piece(var sha256, var offset, var bytes) -> {
        Download download = downloads.get(sha256);
        if (download != null && download.from.equals(from)) {
          arrived(download, offset, bytes);
        }
      }
      case NoPiece(var sha256, var reason) -> {
        Download download = downloads.get(sha256);
        if (download != null && download.from.equals(from)) {
          fail(download, reason);
        }
      }
    }
  }

  // At the driver's node

  private CodeMessage describe(JobId jobId) {
    List<String> classPath = offered.get(jobId);
    if (classPath == null) {
      return new NotDescribed(jobId, jobId + " has ended");
    }
    try {
      List<CodePackager.Packed> files = packed.get(jobId);
      if (files == null) {
        files = packager.pack(classPath);
        packed.put(jobId, files);
      }
      return new Described(jobId, files.stream().map(CodePackager.Packed::file).toList());
    } catch (IOException | UncheckedIOException e) {
      return new NotDescribed(jobId, "the driver's class path cannot be read: " + e);
    }
  }

  private CodeMessage read(String sha256, long offset) {
    for (List<CodePackager.Packed> files : packed.values()) {
      for (CodePackager.Packed each : files) {
        if (each.file().sha256().equals(sha256)) {
          return read(each, offset);
        }
      }
    }
    return new NoPiece(sha256, "its job has ended");
  }

  private static CodeMessage read(CodePackager.Packed source, long offset) {
    String sha256 = source.file().sha256();
    int length = Math.clamp(source.file().size() - offset, 0, PIECE_BYTES);
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(source.path(), StandardOpenOption.READ)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          return new NoPiece(sha256, source.path() + " has become shorter");
        }
      }
      return new Piece(sha256, offset, bytes.array());
    } catch (IOException e) {
      return new NoPiece(sha256, source.path() + " cannot be read: " + e);
    }
  }

  // At the guest's node

  private void described(JobId jobId, List<CodeFile> files) {
    Guest guest = guests.get(jobId);
    if (guest == null || guest.isDescribed) {
      return;
    }
    guest.isDescribed = true;
    try {
      for (CodeFile file : files) {
        if (cache.isOwn(file)) {
          continue;
        }
        Path ofNode = cache.ofNode(file);
        if (ofNode != null) {
          guest.classPath.add(ofNode.toString());
          continue;
        }
        Path path = cache.path(file);
        guest.classPath.add(path.toString());
        used.computeIfAbsent(jobId, none -> new ArrayList<>()).add(path);
        if (!cache.has(file)) {
          guest.missing.add(file.sha256());
          download(guest.driver, file);
        }
      }
    } catch (IOException e) {
      fail(jobId, "its code cannot be kept: " + e);
      return;
    }
    answerIfComplete(jobId, guest);
  }

  private void download(NodeId from, CodeFile file) throws IOException {
    if (downloads.containsKey(file.sha256())) {
      return;
    }
    Download download = new Download(from, file, cache.open(file));
    downloads.put(file.sha256(), download);
    for (int i = 0; i < PIECES_AHEAD; i++) {
      askNext(download);
    }
  }

  private void askNext(Download download) {
    // An empty file has one piece too.
    if (download.asked == 0 || download.asked < download.file.size()) {
      peers.accept(download.from, new Read(download.file.sha256(), download.asked));
      download.asked += PIECE_BYTES;
    }
  }

  private void arrived(Download download, long offset, byte[] bytes) {
    String sha256 = download.file.sha256();
    try {
      if (!download.incoming.write(offset, bytes)) {
        askNext(download);
        return;
      }
      String refusal = download.incoming.keep();
      if (refusal != null) {
        fail(download, refusal);
        return;
      }
    } catch (IOException e) {
      fail(download, download.file.name() + " cannot be kept: " + e);
      return;
    }
    downloads.remove(sha256);
    context
        .getLog()
        .info("code {} of {} bytes state=here", download.file.name(), download.file.size());
    for (Map.Entry<JobId, Guest> guest : List.copyOf(guests.entrySet())) {
      guest.getValue().missing.remove(sha256);
      answerIfComplete(guest.getKey(), guest.getValue());
    }
  }

  private void answerIfComplete(JobId jobId, Guest guest) {
    if (guest.missing.isEmpty()) {
      guests.remove(jobId);
      guest.answer.complete(List.copyOf(guest.classPath));
    }
  }

  /// A file does not come from where it was to come from. Guests whose driver is elsewhere get it
  /// from there.
  private void fail(Download download, String reason) {
    String sha256 = download.file.sha256();
    downloads.remove(sha256);
    try {
      download.incoming.drop();
    } catch (IOException e) {
      context.getLog().warn("{} is left behind: {}", download.file, e.toString());
    }
    NodeId other = failGuests(download.from, download.file, reason);
    while (other != null) {
      try {
        download(other, download.file);
        return;
      } catch (IOException e) {
        other = failGuests(other, download.file, "it cannot be kept: " + e);
      }
    }
  }

  /// Fails the guests of a driver's node that lack a file.
  ///
  /// @return the driver's node of another guest that lacks it, or null
  private @Nullable NodeId failGuests(NodeId driver, CodeFile file, String reason) {
    NodeId other = null;
    for (Map.Entry<JobId, Guest> guest : List.copyOf(guests.entrySet())) {
      if (guest.getValue().missing.contains(file.sha256())) {
        if (guest.getValue().driver.equals(driver)) {
          fail(guest.getKey(), file.name() + ": " + reason);
        } else {
          other = guest.getValue().driver;
        }
      }
    }
    return other;
  }

  private void fail(JobId jobId, String reason) {
    Guest guest = guests.remove(jobId);
    if (guest != null) {
      guest.answer.completeExceptionally(new IOException("the code of " + jobId + ": " + reason));
    }
  }

  private void lost(NodeId node) {
    for (Download download : new ArrayDeque<>(downloads.values())) {
      if (download.from.equals(node)) {
        fail(download, node + " is lost");
      }
    }
    for (Map.Entry<JobId, Guest> guest : List.copyOf(guests.entrySet())) {
      if (guest.getValue().driver.equals(node)) {
        fail(guest.getKey(), node + " is lost");
      }
    }
  }

  private void ended(JobId jobId) {
    offered.remove(jobId);
    fail(jobId, "it has ended");
    List<CodePackager.Packed> files = packed.remove(jobId);
    boolean wasGuest = used.remove(jobId) != null;
    try {
      if (files != null) {
        Set<Path> needed = new HashSet<>();
        packed.values().forEach(others -> others.forEach(each -> needed.add(each.path())));
        packager.release(files, needed);
      }
      if (wasGuest) {
        Set<Path> needed = new HashSet<>();
        used.values().forEach(needed::addAll);
        cache.trim(needed);
      }
    } catch (IOException e) {
      context.getLog().warn("code of {} is left behind: {}", jobId, e.toString());
    }
  }
}
