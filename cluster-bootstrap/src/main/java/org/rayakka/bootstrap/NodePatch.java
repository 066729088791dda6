package org.rayakka.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// A jar that stands before a node's own ones: the classes of theirs whose lambdas {@link
/// LambdaCallSites} has rewritten. It lies beside the nodes' {@link AotCache}, and is made with it;
/// a node whose patch is absent starts without.
final class NodePatch {
  private NodePatch() {}

  /// What a node is to be started with.
  ///
  /// @param settings where caches are, and whether they count
  /// @param classPath of a node
  /// @return the same, after the patch if there is one
  static List<Path> before(RaySettings.AotCaches settings, List<Path> classPath) {
    if (!settings.enabled()) {
      return classPath;
    }
    Path patch = file(AotCache.NODE.file(settings, classPath));
    return Files.isReadable(patch) ? before(patch, classPath) : classPath;
  }

  /// Puts a patch before a class path.
  static List<Path> before(Path patch, List<Path> classPath) {
    List<Path> all = new ArrayList<>(classPath);
    all.addFirst(patch);
    return List.copyOf(all);
  }

  /// The patch that belongs to a cache.
  ///
  /// @param cache a file, which need not exist
  /// @return the same
  static Path file(Path cache) {
    return cache.resolveSibling(
        String.valueOf(cache.getFileName()).replaceFirst("\\.aot$", ".jar"));
  }

  /// Writes the patch.
  ///
  /// @param patch the file
  /// @param classPath of a node: jars
  static void write(Path patch, List<Path> classPath) throws IOException {
    try (URLClassLoader loader = new URLClassLoader(urls(classPath), null);
        OutputStream file = Files.newOutputStream(patch);
        ZipOutputStream out = new ZipOutputStream(file)) {
      LambdaCallSites callSites = new LambdaCallSites(loader);
      // Of two classes of one name, the first counts.
      Set<String> seen = new HashSet<>();
      for (Path entry : classPath) {
        try (JarFile jar = new JarFile(entry.toFile())) {
          for (ZipEntry member :
              (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
            String name = member.getName();
            if (name.endsWith(".class") && !name.startsWith("META-INF/") && seen.add(name)) {
              Optional<byte[]> rewritten = callSites.rewrite(read(jar, member));
              if (rewritten.isPresent()) {
                out.putNextEntry(new ZipEntry(name));
                out.write(rewritten.get());
                out.closeEntry();
              }
            }
          }
        }
      }
    }
  }

  private static byte[] read(JarFile jar, ZipEntry member) throws IOException {
    try (InputStream in = jar.getInputStream(member)) {
      return in.readAllBytes();
    }
  }

  private static URL[] urls(List<Path> classPath) throws MalformedURLException {
    URL[] urls = new URL[classPath.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = classPath.get(i).toUri().toURL();
    }
    return urls;
  }
}
