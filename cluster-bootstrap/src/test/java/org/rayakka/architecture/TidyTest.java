package org.rayakka.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Reads sources and documents for what no compiler looks at. Each failure says what to do instead.
class TidyTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> MODULES =
      List.of("api", "objectstore-native", "runtime", "cluster-bootstrap", "examples");

  private static final Pattern PACKAGE = Pattern.compile("org\\.rayakka(\\.[a-z][a-z0-9]*)+");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))`");

  private static List<Path> files = List.of();

  @BeforeAll
  static void findFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = String.valueOf(folder.getFileName());
            boolean isOurs =
                folder.equals(ROOT) || !(name.equals("target") || name.startsWith("."));
            return isOurs ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            found.add(file);
            return FileVisitResult.CONTINUE;
          }
        });
    files = List.copyOf(found);
  }

  @Test
  void nothingIsLeftForLater() throws IOException {
    assertThat(
            linesWith(
                Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b"),
                file -> file.endsWith(".java") || file.endsWith(".md"),
                "do it now, or file it"))
        .isEmpty();
  }

  @Test
  void onlyWhatFacesAPersonPrints() throws IOException {
    assertThat(
            linesWith(
                Pattern.compile("^(?!\\s*//).*\\bSystem\\.out\\b"),
                file ->
                    file.contains("/src/main/java/")
                        && !file.startsWith("examples/")
                        && !file.endsWith("/DriverRuntime.java")
                        && !file.startsWith("cluster-bootstrap/"),
                "log it, or hand it to whoever faces the user"))
        .isEmpty();
  }

  @Test
  void everyModulesReadmeNamesItsPackages() throws IOException {
    Set<String> all = new TreeSet<>();
    List<String> missing = new ArrayList<>();
    for (String module : MODULES) {
      Set<String> present = packagesOf(module);
      all.addAll(present);
      Set<String> named = packagesNamedIn(ROOT.resolve(module).resolve("README.md"));
      present.stream()
          .filter(name -> !named.contains(name))
          .map(name -> module + "/README.md: " + name + " (say in a line what it is for)")
          .forEach(missing::add);
    }
    assertThat(missing).isEmpty();

    List<String> stale = new ArrayList<>();
    for (Path document : documents()) {
      packagesNamedIn(document).stream()
          .filter(name -> !all.contains(name))
          .map(name -> ROOT.relativize(document) + ": " + name + " (there is no such package)")
          .forEach(stale::add);
    }
    assertThat(stale).isEmpty();
  }

  @Test
  void everyLinkLeadsToAFile() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      for (String target : allIn(LINK, Files.readString(document))) {
        if (target.contains("://") || target.startsWith("#")) {
          continue;
        }
        String path = target.replaceFirst("#.*", "");
        Path parent = document.getParent();
        if (parent == null || !Files.exists(parent.resolve(path))) {
          broken.add(ROOT.relativize(document) + ": " + target + " (there is no such file)");
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyTestThatADocumentNamesExists() throws IOException {
    Set<String> tests =
        files.stream()
            .map(file -> String.valueOf(file.getFileName()))
            .filter(name -> name.endsWith(".java"))
            .map(name -> name.replaceFirst("\\.java$", ""))
            .collect(Collectors.toSet());
    List<String> missing = new ArrayList<>();
    for (Path document : documents()) {
      allIn(TEST, Files.readString(document)).stream()
          .filter(name -> !name.equals("XTest") && !name.equals("XIT"))
          .filter(name -> !tests.contains(name))
          .map(name -> ROOT.relativize(document) + ": " + name + " (there is no such test)")
          .forEach(missing::add);
    }
    assertThat(missing).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "README.md, examples/src/main/java/org/rayakka/examples/readme/Hello.java",
    "cluster-bootstrap/test-kit/README.md,"
        + " cluster-bootstrap/test-kit/src/test/java/org/rayakka/testkit/readme/WordsIT.java"
  })
  void theReadmeShowsTheProgramThatIsCompiled(String document, String program) throws IOException {
    String readme = Files.readString(ROOT.resolve(document));
    int begin = readme.indexOf("```java\n") + "```java\n".length();
    String shown = readme.substring(begin, readme.indexOf("```", begin));
    String source = Files.readString(ROOT.resolve(program));
    String marker = "// README: ";
    int from = source.indexOf('\n', source.indexOf(marker + "begin")) + 1;
    String compiled = source.substring(from, source.indexOf("  " + marker + "end"));
    assertThat(shown)
        .as("the first program of %s is %s between its markers", document, program)
        .isEqualTo(compiled.stripTrailing() + "\n}\n");
  }

  private static List<Path> documents() {
    return files.stream().filter(file -> file.toString().endsWith(".md")).toList();
  }

  private static Set<String> packagesNamedIn(Path document) throws IOException {
    return new TreeSet<>(
        PACKAGE
            .matcher(Files.readString(document))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toSet()));
  }

  /// Packages of a module's main sources.
  private static Set<String> packagesOf(String module) {
    String sources = "/src/main/java/";
    return files.stream()
        .filter(file -> file.startsWith(ROOT.resolve(module)))
        .filter(file -> file.endsWith("package-info.java"))
        .map(Path::toString)
        .filter(file -> file.contains(sources))
        .map(file -> file.substring(file.indexOf(sources) + sources.length()))
        .map(file -> file.replace("/package-info.java", "").replace('/', '.'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> linesWith(Pattern unwanted, Predicate<String> inFile, String advice)
      throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      String name = ROOT.relativize(file).toString();
      if (!inFile.test(name)) {
        continue;
      }
      List<String> lines;
      try (Stream<String> content = Files.lines(file)) {
        lines = content.toList();
      }
      for (int i = 0; i < lines.size(); i++) {
        if (unwanted.matcher(lines.get(i)).find()) {
          found.add(name + ":" + (i + 1) + " (" + advice + ")");
        }
      }
    }
    return found;
  }

  private static List<String> allIn(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(result -> result.group(1)).toList();
  }
}
