package org.rayakka.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// The programs that come with Rayakka, as the jar of examples lists them in {@value #RESOURCE}:
/// `name=main.Class|one line that describes it`.
///
/// @param programs by name
record ExamplesIndex(Map<String, Program> programs) {
  static final String RESOURCE = "META-INF/rayakka/examples.properties";

  /// @param mainClass its class with a `main` method
  /// @param description one line
  record Program(String mainClass, String description) {}

  ExamplesIndex {
    programs = Collections.unmodifiableMap(new TreeMap<>(programs));
  }

  /// Reads all lists on the class path.
  static ExamplesIndex read() throws IOException {
    Map<String, Program> programs = new TreeMap<>();
    ClassLoader loader = ExamplesIndex.class.getClassLoader();
    for (URL url : Collections.list(loader.getResources(RESOURCE))) {
      Properties listed = new Properties();
      try (InputStream file = url.openStream()) {
        listed.load(file);
      }
      for (String name : listed.stringPropertyNames()) {
        String[] parts = listed.getProperty(name).split("\\|", 2);
        programs.put(name, new Program(parts[0].strip(), parts.length > 1 ? parts[1].strip() : ""));
      }
    }
    return new ExamplesIndex(programs);
  }

  /// Runs a program's `main` in this process.
  ///
  /// @return 0 when it returns, 1 when it throws; it may also exit by itself
  int run(String name, List<String> arguments) throws IOException {
    Program program = programs.get(name);
    if (program == null) {
      throw new CommandFailure(
          programs.isEmpty()
              ? "%s: no such example (expected: the jar of examples on the class path)"
                  .formatted(name)
              : "%s: no such example (expected: one of %s)"
                  .formatted(name, String.join(", ", programs.keySet())));
    }
    try {
      Class.forName(program.mainClass())
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments.toArray(String[]::new));
      return 0;
    } catch (InvocationTargetException e) {
      e.getTargetException().printStackTrace();
      return 1;
    } catch (ReflectiveOperationException e) {
      throw new IOException(
          "%s: cannot be run as the example %s".formatted(program.mainClass(), name), e);
    }
  }
}
