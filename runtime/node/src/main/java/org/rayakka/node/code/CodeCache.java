package org.rayakka.node.code;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The code that this node has: its own, which every worker loads anyway, and what came from
/// drivers' nodes, each file named by its hash. Blocks.
final class CodeCache {
  /// What is kept for jobs to come.
  static final long MAX_UNUSED_BYTES = 512L << 20;

  /// Matches what {@link #path} names files by.
  private static final String HASH = "[0-9a-f]".repeat(64);

  private final Path folder;
  private final Map<String, Path> own = new HashMap<>();
  private final Map<String, Path> here = new HashMap<>();
  private final Map<Path, String> hashes = new HashMap<>();

  /// A cache.
  ///
  /// @param folder made when it is needed
  /// @param ownClassPath what every worker of this node loads
  /// @param nodeClassPath what the node itself loads
  CodeCache(Path folder, List<String> ownClassPath, List<String> nodeClassPath) {
    this.folder = folder;
    addFiles(own, ownClassPath);
    addFiles(here, nodeClassPath);
  }

  private static void addFiles(Map<String, Path> files, List<String> classPath) {
    for (String entry : classPath) {
      Path path = Path.of(entry);
      if (Files.isRegularFile(path)) {
        files.put(String.valueOf(path.getFileName()), path);
      }
    }
  }

  /// Whether every worker loads a file anyway.
  boolean isOwn(CodeFile file) throws IOException {
    return isSame(own.get(file.name()), file);
  }

  /// A file that the node itself loads.
  @Nullable Path ofNode(CodeFile file) throws IOException {
    Path path = here.get(file.name());
    return isSame(path, file) ? path : null;
  }

  private boolean isSame(@Nullable Path path, CodeFile file) throws IOException {
    if (path == null || Files.size(path) != file.size()) {
      return false;
    }
    String hash = hashes.get(path);
    if (hash == null) {
      hash = Sha256.of(path);
      hashes.put(path, hash);
    }
    return hash.equals(file.sha256());
  }

  /// Where a file that came is, or would be.
  Path path(CodeFile file) {
    return folder.resolve(file.sha256() + ".jar");
  }

  boolean has(CodeFile file) {
    return Files.exists(path(file));
  }

  /// Removes files that came and that no job here needs, the oldest first, while there are more
  /// than {@value #MAX_UNUSED_BYTES} bytes of them.
  ///
  /// @param used the files that jobs need
  void trim(Set<Path> used) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> unused = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, HASH + ".jar")) {
      files.forEach(file -> {
        if (!used.contains(file)) {
          unused.add(file);
        }
      });
    }
    long bytes = 0;
    for (Path file : unused) {
      bytes += Files.size(file);
    }
    unused.sort(Comparator.comparingLong(file -> file.toFile().lastModified()));
    for (Path file : unused) {
      if (bytes <= MAX_UNUSED_BYTES) {
        return;
      }
      bytes -= Files.size(file);
      Files.delete(file);
    }
  }

  /// Begins to take in a file.
  Incoming open(CodeFile file) throws IOException {
    Files.createDirectories(folder);
    return new Incoming(file, path(file), folder.resolve(file.sha256() + ".incoming"));
  }

  /// A file on its way.
  static final class Incoming {
    private final CodeFile file;
    private final Path to;
    private final Path partial;
    private final FileChannel channel;
    private long received;

    private Incoming(CodeFile file, Path to, Path partial) throws IOException {
      this.file = file;
      this.to = to;
      this.partial = partial;
      channel =
          FileChannel.open(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING);
    }

    /// Takes in a piece.
    ///
    /// @return whether it was the last
    boolean write(long offset, byte[] bytes) throws IOException {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      while (from.hasRemaining()) {
        channel.write(from, offset + from.position());
      }
      received += bytes.length;
      return received >= file.size();
    }

    /// Puts the whole file in its place.
    ///
    /// @return why it cannot be used, or null
    @Nullable String keep() throws IOException {
      channel.close();
      String hash = Sha256.of(partial);
      if (!hash.equals(file.sha256())) {
        Files.delete(partial);
        return file.name() + ": sha256 " + hash + " (expected: " + file.sha256() + ")";
      }
      Files.move(partial, to, StandardCopyOption.ATOMIC_MOVE);
      return null;
    }

    /// Gives up.
    void drop() throws IOException {
      channel.close();
      Files.deleteIfExists(partial);
    }
  }
}
