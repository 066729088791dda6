package org.rayakka.bootstrap;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rayakka.api.Ray;
import org.rayakka.client.value.ValueCodec;
import org.rayakka.node.control.ControlState;
import org.rayakka.objectstore.ObjectStore;
import org.rayakka.persistence.redis.RedisJournal;
import org.rayakka.protocol.Protocol;

/// The jars that a node and a worker need, found among those that this JVM was started with.
///
/// The build lists the names of the jars of both; here each is looked for by its artifact's name,
/// so that another version which the user's build chose is taken as well. A user's own class path
/// never reaches the node. Where a jar is not found by name (all classes repackaged into one jar)
/// the whole class path serves.
///
/// @param node what a node loads
/// @param worker what every worker loads before its job's own entries
public record RuntimeClassPath(List<Path> node, List<Path> worker) {
  private static final Pattern ARTIFACT = Pattern.compile("(.+?)-\\d[^/]*\\.jar");

  /// Copies the lists.
  public RuntimeClassPath {
    node = List.copyOf(node);
    worker = List.copyOf(worker);
  }

  /// Looks through this JVM's class path.
  ///
  /// @return what was found
  public static RuntimeClassPath find() {
    List<Path> ours =
        modules(
            Ray.class, ObjectStore.class, Protocol.class, ValueCodec.class, RuntimeClassPath.class);
    List<Path> entries = entries(System.getProperty("java.class.path"));
    List<Path> node = new ArrayList<>(ours);
    node.addAll(modules(ControlState.class, RedisJournal.class));
    return new RuntimeClassPath(
        with(node, listed("node-class-path"), entries),
        with(ours, listed("worker-class-path"), entries));
  }

  /// Joins entries as the JVM's `-cp` wants them.
  ///
  /// @param entries of a class path
  /// @return one string
  static String join(List<Path> entries) {
    return String.join(File.pathSeparator, entries.stream().map(Path::toString).toList());
  }

  private static List<Path> with(List<Path> modules, List<String> listed, List<Path> entries) {
    Map<String, Path> byArtifact = new LinkedHashMap<>();
    for (Path entry : entries) {
      byArtifact.putIfAbsent(artifact(String.valueOf(entry.getFileName())), entry);
    }
    Set<Path> found = new LinkedHashSet<>(modules);
    for (String jar : listed) {
      Path entry = byArtifact.get(artifact(jar));
      if (entry == null) {
        found.addAll(entries);
        break;
      }
      found.add(entry);
    }
    return List.copyOf(found);
  }

  private static String artifact(String jar) {
    Matcher name = ARTIFACT.matcher(jar);
    return name.matches() ? name.group(1) : jar;
  }

  private static List<Path> modules(Class<?>... members) {
    Set<Path> found = new LinkedHashSet<>();
    for (Class<?> member : members) {
      found.add(location(member));
    }
    return List.copyOf(found);
  }

  /// The jar or folder that a class was loaded from.
  ///
  /// @param type the class
  /// @return its place
  static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(type + " has no location", e);
    }
  }

  private static List<String> listed(String name) {
    try (InputStream list = RuntimeClassPath.class.getResourceAsStream(name)) {
      if (list == null) {
        throw new IllegalStateException(name + ": not beside " + RuntimeClassPath.class);
      }
      String text = new String(list.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .flatMap(line -> List.of(line.strip().split(":", -1)).stream())
          .map(entry -> entry.substring(entry.lastIndexOf('/') + 1))
          .filter(entry -> !entry.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The entries of a class path that exist, and those that the manifests of its jars add, as the
  /// JVM's own class loader finds them.
  static List<Path> entries(String classPath) {
    Set<Path> found = new LinkedHashSet<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        add(Path.of(entry).toAbsolutePath().normalize(), found);
      }
    }
    return List.copyOf(found);
  }

  private static void add(Path entry, Set<Path> found) {
    if (!Files.exists(entry) || !found.add(entry) || !entry.toString().endsWith(".jar")) {
      return;
    }
    // Only launchers' jars have such a manifest; a library's entries are its siblings, if they
    // exist.
    for (String url : manifestClassPath(entry).split(" ", -1)) {
      if (!url.isEmpty()) {
        URI target = entry.toUri().resolve(url);
        if ("file".equals(target.getScheme())) {
          add(Path.of(target), found);
        }
      }
    }
  }

  private static String manifestClassPath(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String value =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return value == null ? "" : value;
    } catch (IOException e) {
      throw new UncheckedIOException("%s: cannot be read as a jar".formatted(jar), e);
    }
  }
}
