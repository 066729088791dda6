package org.rayakka.bootstrap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The folder of one session; its owner alone may enter it.
///
/// ```
/// <temporary folder>/rayakka/session_<time>_<driver's pid>/
///   settings.conf     what NodeMain reads
///   node.pid          the node's process, and when it started
///   secret            what a client must know to be let in; 0600
///   node.sock         the node serves it
///   address.conf      where the session's parts are, once it is up
///   redis-<port>.log  what Redis printed
///   logs/             node.log, node.err, and the workers' output
/// ```
///
/// @param path the folder
public record SessionFolder(Path path) {
  /// The longest path that a Unix domain socket may have on every system we know (macOS: 104 with
  /// the terminating zero, Linux: 108).
  static final int LONGEST_SOCKET_PATH = 103;

  private static final Pattern NAME =
      Pattern.compile("session_\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d-\\d{3}_(\\d+)");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd_HH-mm-ss-SSS");

  /// Makes a folder, with a fresh secret and a place for logs.
  ///
  /// @param settings where
  /// @param time now
  /// @return the folder
  /// @throws IOException if it cannot be made
  public static SessionFolder create(RaySettings.Session settings, LocalDateTime time)
      throws IOException {
    Path root = root(settings);
    SessionFolder folder = at(root, time);
    int length = folder.socket().toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_SOCKET_PATH) {
      throw new IOException(
          "%s: %d bytes (expected: a socket path of at most %d; set ray.session.directory)"
              .formatted(folder.socket(), length, LONGEST_SOCKET_PATH));
    }
    for (LocalDateTime later = time; !isMade(folder); folder = at(root, later)) {
      // This process has made another in the same moment.
      later = later.plus(1, ChronoUnit.MILLIS);
    }
    makePrivate(folder.logs());
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    folder.writePrivate(folder.secretFile(), HexFormat.of().formatHex(secret));
    return folder;
  }

  private static SessionFolder at(Path root, LocalDateTime time) {
    String name = "session_%s_%d".formatted(TIME.format(time), ProcessHandle.current().pid());
    return new SessionFolder(root.resolve(name));
  }

  private static boolean isMade(SessionFolder folder) throws IOException {
    try {
      makePrivate(folder.path);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /// Where session folders are made.
  ///
  /// @param settings that may name a place
  /// @return a folder that exists, and in which nobody else can rename or remove ours
  /// @throws IOException if there is none
  static Path root(RaySettings.Session settings) throws IOException {
    if (!settings.directory().isEmpty()) {
      return Files.createDirectories(Path.of(settings.directory()).toAbsolutePath());
    }
    Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    for (String name : List.of("rayakka", "rayakka-" + System.getProperty("user.name"))) {
      Path root = temporary.resolve(name);
      try {
        makePrivate(root);
        return root;
      } catch (FileAlreadyExistsException e) {
        if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS) && isOwn(root)) {
          return root;
        }
      }
    }
    throw new IOException(
        "%s/rayakka: owned by another user (expected: a folder of one's own; set ray.session.directory)"
            .formatted(temporary));
  }

  /// Returns the socket that the node serves.
  ///
  /// @return the path
  public Path socket() {
    return path.resolve("node.sock");
  }

  /// Returns the file with what a client must know; 0600.
  ///
  /// @return the path
  public Path secretFile() {
    return path.resolve("secret");
  }

  /// Returns what {@link NodeMain} reads.
  ///
  /// @return the path
  public Path settingsFile() {
    return path.resolve("settings.conf");
  }

  /// Returns where the session's parts are, once it is up.
  ///
  /// @return the path
  public Path addressFile() {
    return path.resolve("address.conf");
  }

  /// Returns the folder of the processes' logs.
  ///
  /// @return the path
  public Path logs() {
    return path.resolve("logs");
  }

  /// Returns what {@link #secretFile} holds.
  ///
  /// @return the text
  /// @throws IOException if it cannot be read
  public String secret() throws IOException {
    return Files.readString(secretFile()).strip();
  }

  /// Leaves word that this process is the session's node: its id and when it started, as ids are
  /// given again.
  void writeNodePid() throws IOException {
    writePrivate(path.resolve("node.pid"), ProcessMark.of(ProcessHandle.current()).toString());
  }

  /// Writes a file that its owner alone may read, in one step: readers see all of it or nothing.
  ///
  /// @param file which
  /// @param text what
  /// @throws IOException if it cannot be written
  void writePrivate(Path file, String text) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    Files.createFile(
        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(draft, text, StandardOpenOption.WRITE);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Removes everything but the logs: what is left can neither be connected to nor betray a secret.
  void removeAllButLogs() {
    try (Stream<Path> entries = Files.list(path)) {
      entries
          .filter(entry -> !entry.equals(logs()) && !entry.toString().endsWith(".log"))
          .forEach(SessionFolder::remove);
    } catch (NoSuchFileException e) {
      // Removed by the other process that cleans up.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Removes everything.
  void removeAll() {
    remove(path);
  }

  /// Removes what sessions left behind whose driver and node were killed together: secrets of all,
  /// logs of all but the newest.
  ///
  /// @param root where session folders are
  /// @param keep how many folders of logs to keep
  static void sweep(Path root, int keep) {
    try (Stream<Path> entries = Files.list(root)) {
      List<SessionFolder> dead =
          entries
              .filter(entry -> NAME.matcher(String.valueOf(entry.getFileName())).matches())
              .sorted(Comparator.comparing(Path::getFileName).reversed())
              .map(SessionFolder::new)
              .filter(SessionFolder::isDead)
              .toList();
      dead.forEach(SessionFolder::removeAllButLogs);
      dead.stream().skip(keep).forEach(SessionFolder::removeAll);
    } catch (IOException | UncheckedIOException e) {
      // Another session sweeps, or the folder is not ours: what is left is swept next time.
    }
  }

  /// Whether the session's node has ended, or, before there was one, who made the folder.
  boolean isDead() {
    Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
    if (!name.matches()) {
      return false;
    }
    return Files.exists(path.resolve("node.pid"))
        ? node().isEmpty()
        : ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
  }

  /// The process of the session's node, if it lives.
  ///
  /// @return empty also where the process of its id is another one
  Optional<ProcessHandle> node() {
    try {
      return ProcessMark.parse(Files.readString(path.resolve("node.pid"))).process();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isOwn(Path folder) throws IOException {
    Path probe = Files.createTempFile("ray", null);
    try {
      return Files.getOwner(folder).equals(Files.getOwner(probe));
    } finally {
      Files.delete(probe);
    }
  }

  private static void makePrivate(Path folder) throws IOException {
    Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /// Removes a file, or a folder with all that it holds; what is gone already is no error.
  static void remove(Path root) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
              Files.deleteIfExists(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
