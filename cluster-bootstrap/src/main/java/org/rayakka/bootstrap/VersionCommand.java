package org.rayakka.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ray version`.
@Command(
    name = "version",
    description = "Prints the versions of Rayakka, Java and the operating system.",
    mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    for (String line : new Provider().getVersion()) {
      Objects.requireNonNull(spec).commandLine().getOut().println(line);
    }
    return 0;
  }

  /// Also serves `ray --version`.
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "rayakka " + rayakkaVersion(),
        "java %s (%s)"
            .formatted(System.getProperty("java.version"), System.getProperty("java.vm.name")),
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
      };
    }
  }

  /// The version of this build.
  static String rayakkaVersion() {
    Properties build = new Properties();
    try (InputStream file = VersionCommand.class.getResourceAsStream("build.properties")) {
      build.load(Objects.requireNonNull(file, "build.properties"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build.getProperty("version");
  }
}
