package org.rayakka.node.code;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Makes files that can travel of the class paths of this node's drivers. Blocks.
final class CodePackager {
  private final Path folder;
  private final Map<Path, Known> known = new HashMap<>();
  private final Map<Path, Archive> archives = new HashMap<>();

  /// An entry that can travel.
  ///
  /// @param file what it is
  /// @param path where it is
  record Packed(CodeFile file, Path path) {}

  private record Known(long size, FileTime modified, String sha256) {}

  /// A folder's archive.
  ///
  /// @param content the names, sizes and times of what is in it
  private record Archive(List<String> content, Path path) {}

  /// A packager.
  ///
  /// @param folder for archives; made when it is needed
  CodePackager(Path folder) {
    this.folder = folder;
  }

  /// Packs a class path. Entries that do not exist are left out, as a JVM does.
  ///
  /// @param classPath files, folders, and folders followed by `/*`, which stand for their jars
  /// @return the entries, in order
  /// @throws IOException if one cannot be read; the message names it
  List<Packed> pack(List<String> classPath) throws IOException {
    List<Packed> packed = new ArrayList<>();
    for (String entry : classPath) {
      Path path = Path.of(entry);
      if (entry.endsWith("/*")) {
        for (Path jar : jars(Path.of(entry.substring(0, entry.length() - 2)))) {
          packed.add(file(jar, jar));
        }
      } else if (Files.isDirectory(path)) {
        Path archive = archive(path);
        packed.add(file(path, archive));
      } else if (Files.exists(path)) {
        packed.add(file(path, path));
      }
    }
    return packed;
  }

  /// Removes those archives of a class path that are not the newest of their folder: that one may
  /// serve again.
  ///
  /// @param ended the class path
  /// @param used archives that others need
  void release(List<Packed> ended, Set<Path> used) throws IOException {
    Set<Path> kept = new HashSet<>(used);
    archives.values().forEach(archive -> kept.add(archive.path));
    for (Packed each : ended) {
      if (folder.equals(each.path.getParent()) && !kept.contains(each.path)) {
        known.remove(each.path);
        Files.deleteIfExists(each.path);
      }
    }
  }

  private static List<Path> jars(Path folder) throws IOException {
    List<Path> jars = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.{jar,JAR}")) {
        found.forEach(jars::add);
      }
    }
    jars.sort(null);
    return jars;
  }

  private Packed file(Path named, Path file) throws IOException {
    long size = Files.size(file);
    FileTime modified = Files.getLastModifiedTime(file);
    Known before = known.get(file);
    if (before == null || before.size != size || !before.modified.equals(modified)) {
      before = new Known(size, modified, Sha256.of(file));
      known.put(file, before);
    }
    String name = String.valueOf(named.getFileName());
    return new Packed(
        new CodeFile(named.equals(file) ? name : name + ".jar", before.sha256, size), file);
  }

  /// The same content gives the same bytes: names in order, no times.
  private Path archive(Path root) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    List<String> content = new ArrayList<>(files.size());
    for (Path file : files) {
      content.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
    }
    Archive before = archives.get(root);
    if (before != null && before.content.equals(content)) {
      return before.path;
    }
    Path archive = write(root, files);
    archives.put(root, new Archive(content, archive));
    return archive;
  }

  private Path write(Path root, List<Path> files) throws IOException {
    Files.createDirectories(folder);
    Path archive = Files.createTempFile(folder, "packed-", ".jar");
    try (OutputStream out = Files.newOutputStream(archive);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.BEST_SPEED);
      for (Path file : files) {
        ZipEntry entry = new ZipEntry(root.relativize(file).toString());
        entry.setTime(0);
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return archive;
  }
}
