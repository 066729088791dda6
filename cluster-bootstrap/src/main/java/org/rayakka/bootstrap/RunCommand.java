package org.rayakka.bootstrap;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ray run`: the process becomes the program's JVM, so that signals, standard streams and the exit
/// status are the program's own.
@Command(
    name = "run",
    description = {
      "Runs a program as a driver.",
      "PROGRAM is a source file, which is compiled first, or a main class on the class path.",
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private static final Pattern PACKAGE =
      Pattern.compile("^\\s*package\\s+([\\w.]+)\\s*;", Pattern.MULTILINE);

  @Option(
      names = {"-cp", "--class-path"},
      paramLabel = "PATH",
      description = "Jars and folders of the program, separated as for java -cp.")
  private String classPath = "";

  @Option(
      names = {"-J", "--jvm-option"},
      paramLabel = "OPTION",
      description = "An option for the program's JVM, such as -J-Xmx4g.")
  private List<String> jvmOptions = new ArrayList<>();

  @Parameters(index = "0", paramLabel = "PROGRAM", description = "File.java, or a main class.")
  private @Nullable String program;

  @Parameters(index = "1..*", paramLabel = "ARGUMENT", description = "The program's arguments.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    String wanted = Objects.requireNonNull(program);
    List<String> main = new ArrayList<>(List.of(wanted));
    List<Path> own = new ArrayList<>();
    if (wanted.endsWith(".java")) {
      Path source = Path.of(wanted);
      if (!Files.isRegularFile(source)) {
        throw new CommandFailure("%s: no such file".formatted(wanted));
      }
      Path classes = Files.createTempDirectory("ray-run-");
      try {
        compile(source, classes);
      } catch (CommandFailure e) {
        SessionFolder.remove(classes);
        throw e;
      }
      own.add(classes);
      main = List.of(CompiledMain.class.getName(), classes.toString(), mainClass(source));
    }
    if (!classPath.isEmpty()) {
      own.addAll(RuntimeClassPath.entries(classPath));
    }
    List<Path> ours = RuntimeClassPath.entries(System.getProperty("java.class.path"));
    List<Path> all = new ArrayList<>(ours);
    all.addAll(own);
    List<String> options =
        new ArrayList<>(AotCache.DRIVER.options(RaySettings.load(Map.of()).aotCaches(), ours));
    options.addAll(jvmOptions);
    List<String> command = JavaCommand.prefix(0, 0, options);
    command.addAll(List.of("-cp", RuntimeClassPath.join(all)));
    command.addAll(main);
    command.addAll(arguments);
    PosixProcess.become(command);
    // Where a process cannot become another one, it waits for a child.
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private void compile(Path source, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new CommandFailure("no Java compiler (expected: a JDK, not a JRE)");
    }
    String path = System.getProperty("java.class.path");
    List<String> options =
        List.of(
            "-d",
            classes.toString(),
            "-proc:none",
            "-parameters",
            "-cp",
            classPath.isEmpty() ? path : path + File.pathSeparator + classPath);
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean isCompiled =
          compiler
              .getTask(
                  new PrintWriter(messages),
                  files,
                  null,
                  options,
                  null,
                  files.getJavaFileObjects(source))
              .call();
      if (!isCompiled) {
        throw new CommandFailure(
            "%s: does not compile%n%s".formatted(source, messages.toString().stripTrailing()));
      }
    }
  }

  /// The class that a source file is named after.
  private static String mainClass(Path source) throws IOException {
    String name = String.valueOf(source.getFileName()).replaceFirst("\\.java$", "");
    Matcher declared = PACKAGE.matcher(Files.readString(source));
    return declared.find() ? declared.group(1) + "." + name : name;
  }
}
