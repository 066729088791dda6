package org.rayakka.objectstore.memory;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rayakka.objectstore.ffi.Libc;
import org.rayakka.objectstore.layout.StoreDescriptor;

/// The file behind a segment, made by the node: anonymous memory that other processes of this user
/// reach through the node's descriptor, or else a file that only this user may open.
public final class SegmentFile implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SegmentFile.class.getName());
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final String PREFIX = "rayakka-store-";
  private static final int NO_DESCRIPTOR = -1;

  private final Path path;
  private final int descriptor;
  private final boolean isAnonymous;

  private SegmentFile(Path path, int descriptor, boolean isAnonymous) {
    this.path = path;
    this.descriptor = descriptor;
    this.isAnonymous = isAnonymous;
  }

  /// Makes a file of the layout's size.
  ///
  /// @param directory where; null for anonymous memory where possible
  public static SegmentFile create(StoreDescriptor layout, @Nullable Path directory)
      throws IOException {
    if (directory == null) {
      Optional<SegmentFile> anonymous = createAnonymous(fileBytes(layout));
      if (anonymous.isPresent()) {
        return anonymous.get();
      }
    }
    return createIn(directory != null ? directory : fallbackDirectory(), layout);
  }

  private static Optional<SegmentFile> createAnonymous(long bytes) {
    Optional<Libc> libc = Libc.instance();
    if (libc.isEmpty()) {
      return Optional.empty();
    }
    try {
      int descriptor = libc.get().memfdCreate("rayakka-store");
      Path path = Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
      try {
        setLength(path, bytes);
        return Optional.of(new SegmentFile(path, descriptor, true));
      } catch (IOException unreachable) {
        libc.get().close(descriptor);
        throw unreachable;
      }
    } catch (IOException unavailable) {
      LOG.log(
          System.Logger.Level.INFO,
          "no anonymous shared memory, using a file: {0}",
          unavailable.getMessage());
      return Optional.empty();
    }
  }

  private static Path fallbackDirectory() {
    if (Files.isWritable(SHARED_MEMORY)) {
      return SHARED_MEMORY;
    }
    Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    LOG.log(
        System.Logger.Level.WARNING,
        "{0} is not writable: the object store goes to {1}, which may be a slow disk",
        SHARED_MEMORY,
        temporary);
    return temporary;
  }

  private static SegmentFile createIn(Path directory, StoreDescriptor layout) throws IOException {
    Files.createDirectories(directory);
    removeAbandoned(directory);
    long usable = Files.getFileStore(directory).getUsableSpace();
    if (usable < layout.totalBytes()) {
      throw tooSmall(directory, usable, layout);
    }
    Path path =
        directory.resolve(
            PREFIX + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()));
    int descriptor = NO_DESCRIPTOR;
    if (Libc.instance().isPresent()) {
      descriptor = Libc.instance().get().createFile(path.toString());
    } else {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    SegmentFile file = new SegmentFile(path, descriptor, false);
    try {
      setLength(path, fileBytes(layout));
      // All of it: a page that turns out missing later would kill whoever touches it.
      file.reserve(0, layout.totalBytes());
    } catch (IOException failed) {
      file.close();
      throw failed;
    }
    return file;
  }

  private static IOException tooSmall(Path directory, long usable, StoreDescriptor layout) {
    return new IOException(
        directory
            + " has "
            + usable
            + " bytes of room (expected: >= "
            + layout.totalBytes()
            + ", for an object store of "
            + layout.capacityBytes()
            + "). Make the store smaller or the directory larger: a container has 64 MB of /dev/shm"
            + " unless started with --shm-size");
  }

  private static long fileBytes(StoreDescriptor layout) {
    return layout.totalBytes() + StoreDescriptor.LARGE_PAGE_BYTES;
  }

  private static void setLength(Path path, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(bytes);
    }
  }

  /// Removes what nodes left that were killed.
  private static void removeAbandoned(Path directory) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, PREFIX + "*")) {
      for (Path path : left) {
        String pid = path.getFileName().toString().substring(PREFIX.length()).split("-", 2)[0];
        if (pid.chars().allMatch(Character::isDigit)
            && !pid.isEmpty()
            && ProcessHandle.of(Long.parseLong(pid)).isEmpty()
            && Files.isWritable(path)) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  public Path path() {
    return path;
  }

  /// Whether memory is only limited by the machine, so that a page not reserved is never missing.
  public boolean isAnonymous() {
    return isAnonymous;
  }

  /// Puts memory behind a range, so that touching it cannot fail later.
  public void reserve(long offset, long bytes) throws IOException {
    if (descriptor != NO_DESCRIPTOR) {
      Libc.instance().orElseThrow().fallocate(descriptor, offset, bytes);
      return;
    }
    byte[] zeros = new byte[1 << 16];
    try (var channel = Files.newByteChannel(path, Set.of(StandardOpenOption.WRITE))) {
      channel.position(offset);
      for (long done = 0; done < bytes; ) {
        done +=
            channel.write(
                java.nio.ByteBuffer.wrap(zeros, 0, (int) Math.min(zeros.length, bytes - done)));
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (descriptor != NO_DESCRIPTOR) {
      Libc.instance().orElseThrow().close(descriptor);
    }
    if (!isAnonymous) {
      Files.deleteIfExists(path);
    }
  }
}
