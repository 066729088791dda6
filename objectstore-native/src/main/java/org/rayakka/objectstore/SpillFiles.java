package org.rayakka.objectstore;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.id.ObjectId;

/// The objects that are on disk, one after another in files of a certain size, each deleted when
/// its last object goes. Used by the node's thread alone. Nothing is forced to the disk: what is
/// spilled is lost with its node, as is what is in memory.
final class SpillFiles implements AutoCloseable {
  /// Where a spilled object is.
  ///
  /// @param file in which file
  /// @param position from where
  /// @param size how many bytes
  /// @param typeTag what its creator said it is
  record Location(SpillFile file, long position, long size, int typeTag) {}

  /// A file, and how many objects in it are still wanted.
  static final class SpillFile {
    private final Path path;
    private final FileChannel channel;
    private long length;
    private int objects;

    private SpillFile(Path path, FileChannel channel) {
      this.path = path;
      this.channel = channel;
    }
  }

  private final @Nullable Path directory;
  private final long fileBytes;
  private final Map<ObjectId, Location> locations = new HashMap<>();
  private @Nullable SpillFile current;
  private int filesMade;
  private long spilledBytes;

  SpillFiles(@Nullable Path directory, long fileBytes) {
    this.directory = directory;
    this.fileBytes = fileBytes;
  }

  boolean isEnabled() {
    return directory != null;
  }

  /// The file that takes the next object.
  SpillFile open() throws IOException {
    SpillFile file = current;
    if (file != null && file.length < fileBytes) {
      return file;
    }
    if (directory == null) {
      throw new IOException("no spill directory is set (expected: one in the store's settings)");
    }
    Files.createDirectories(directory);
    Path path =
        directory.resolve("spill-" + ProcessHandle.current().pid() + "-" + filesMade + ".objects");
    filesMade++;
    SpillFile made =
        new SpillFile(
            path,
            FileChannel.open(
                path,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE));
    current = made;
    if (file != null) {
      deleteIfUnused(file);
    }
    return made;
  }

  /// Where the next bytes of a file go.
  static long end(SpillFile file) {
    return file.length;
  }

  /// Appends bytes.
  static void append(SpillFile file, MemorySegment bytes) throws IOException {
    ByteBuffer buffer = bytes.asByteBuffer();
    while (buffer.hasRemaining()) {
      file.length += file.channel.write(buffer, file.length);
    }
  }

  /// Records that an object has been appended whole.
  void add(ObjectId id, Location location) {
    remove(id);
    locations.put(id, location);
    location.file.objects++;
    spilledBytes += location.size;
  }

  /// The place of an object, if it is spilled.
  @Nullable Location find(ObjectId id) {
    return locations.get(id);
  }

  /// Reads a part of an object.
  static void read(Location location, long from, MemorySegment into) throws IOException {
    ByteBuffer buffer = into.asByteBuffer();
    long position = location.position + from;
    while (buffer.hasRemaining()) {
      int read = location.file.channel.read(buffer, position);
      if (read < 0) {
        throw new EOFException(
            location.file.path + " ends at " + position + " (expected: an object's bytes)");
      }
      position += read;
    }
  }

  /// Forgets an object.
  boolean remove(ObjectId id) {
    Location location = locations.remove(id);
    if (location == null) {
      return false;
    }
    location.file.objects--;
    spilledBytes -= location.size;
    deleteIfUnused(location.file);
    return true;
  }

  private void deleteIfUnused(SpillFile file) {
    if (file.objects == 0 && file != current) {
      delete(file);
    }
  }

  private static void delete(SpillFile file) {
    try {
      file.channel.close();
      Files.deleteIfExists(file.path);
    } catch (IOException failed) {
      System.getLogger(SpillFiles.class.getName())
          .log(System.Logger.Level.WARNING, "cannot delete " + file.path, failed);
    }
  }

  int count() {
    return locations.size();
  }

  long bytes() {
    return spilledBytes;
  }

  void forEach(BiConsumer<ObjectId, Location> consumer) {
    locations.forEach(consumer);
  }

  @Override
  public void close() {
    SpillFile last = current;
    current = null;
    for (ObjectId id : List.copyOf(locations.keySet())) {
      remove(id);
    }
    if (last != null) {
      delete(last);
    }
  }
}
