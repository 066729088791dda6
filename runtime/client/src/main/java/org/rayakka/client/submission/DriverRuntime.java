package org.rayakka.client.submission;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.rayakka.api.exception.RayException;
import org.rayakka.api.options.DriverMode;
import org.rayakka.api.options.InitOptions;
import org.rayakka.protocol.sbe.ClientKind;
import org.rayakka.protocol.sbe.ErrorPublishedDecoder;
import org.rayakka.protocol.sbe.MessageHeaderDecoder;
import org.rayakka.protocol.sbe.RequestKind;
import org.rayakka.protocol.sbe.TaskOutputDecoder;

/// A driver: the user's program, connected to the node of its machine.
public final class DriverRuntime extends ClientRuntime {
  private static final long FETCH_OUTPUT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LaunchedNode node;
  private final Thread reader;
  private final @Nullable ErrorPrinter printer;
  private final @Nullable OutputPrinter output;
  private final ErrorPublishedDecoder error = new ErrorPublishedDecoder(); // the reader's

  private DriverRuntime(
      LaunchedNode node,
      NodeSession session,
      ClassLoader loader,
      @Nullable ErrorPrinter printer,
      @Nullable OutputPrinter output) {
    super(
        session,
        loader,
        TaskContext.ofDriver(session.welcome().jobId(), session.welcome().rootTaskId()),
        "driver");
    this.node = node;
    this.printer = printer;
    this.output = output;
    reader = Thread.ofPlatform().name("ray-reader-driver").daemon().unstarted(this::read);
  }

  /// Connects this process to a node.
  ///
  /// @param node the node; closed with the runtime, or if connecting fails
  /// @param options what the program asked for
  public static DriverRuntime connect(LaunchedNode node, InitOptions options) {
    try {
      NodeSession session = NodeSession.open(node.sessionDirectory(), introduction(options));
      DriverRuntime runtime =
          new DriverRuntime(
              node,
              session,
              loader(),
              options.driverMode() == DriverMode.SILENT ? null : new ErrorPrinter(System.err),
              showsOutput(options) ? outputPrinter(session) : null);
      runtime.reader.start();
      return runtime;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private static boolean showsOutput(InitOptions options) {
    return options.driverMode() != DriverMode.SILENT
        && !Boolean.TRUE.equals(options.redirectOutput());
  }

  private static OutputPrinter outputPrinter(NodeSession session) {
    return new OutputPrinter(
        () -> System.out, () -> System.err, session.directory().resolve("logs").toString());
  }

  private static ClassLoader loader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? ClassLoader.getSystemClassLoader() : context;
  }

  private static NodeSession.Introduction introduction(InitOptions options) {
    Long seed = options.objectIdSeed();
    return new NodeSession.Introduction(
        ClientKind.DRIVER,
        0,
        seed == null ? 0 : seed,
        textOr(options.jobName(), ""),
        textOr(options.namespace(), ""),
        classPath(options.codeSearchPath()),
        options.jvmOptions(),
        showsOutput(options));
  }

  private static String textOr(@Nullable String text, String otherwise) {
    return text == null ? otherwise : text;
  }

  /// What this program's workers load: its own class path, and what the options add.
  private static List<String> classPath(List<String> more) {
    Set<String> entries = new LinkedHashSet<>();
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        entries.add(Path.of(entry).toAbsolutePath().toString());
      }
    }
    for (String entry : more) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return new ArrayList<>(entries);
  }

  private void read() {
    NodeConnection connection = session().connection();
    try {
      while (connection.isOpen()) {
        connection.read(this::onFrame, 0);
      }
    } catch (IOException | RuntimeException e) {
      connection.fail(
          isClosed()
              ? "this process has left its node (expected: a call before Ray.shutdown())"
              : "the node of this program is gone: "
                  + e.getMessage()
                  + "; its logs may say why: "
                  + session().directory().resolve("logs"));
    }
  }

  private void onFrame(MessageHeaderDecoder header, DirectBuffer buffer, int offset, int length) {
    if (header.templateId() == TaskOutputDecoder.TEMPLATE_ID && output != null) {
      output.accept(buffer, offset, length);
      return;
    }
    if (header.templateId() != ErrorPublishedDecoder.TEMPLATE_ID || printer == null) {
      return; // from a newer node, or not wanted
    }
    error.wrap(buffer, offset + header.encodedLength(), header.blockLength(), header.version());
    String type = NodeSession.text(error.errorTypeLength(), error::getErrorType);
    String function = NodeSession.text(error.functionNameLength(), error::getFunctionName);
    String message = NodeSession.text(error.messageLength(), error::getMessage);
    printer.print(type, function, message);
  }

  @Override
  public void shutdown() {
    if (!isClosed()) {
      if (output != null) {
        fetchOutput();
      }
      super.shutdown();
      if (output != null) {
        output.close();
      }
      node.close();
    }
  }

  /// What tasks have printed before this is shown, also if they still run.
  private void fetchOutput() {
    try {
      NodeConnection.await(
          session().connection().request(RequestKind.FLUSH_OUTPUT, new byte[0]),
          FETCH_OUTPUT_NANOS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RayException e) {
      // The node is gone, or one of its workers hangs: their logs have the rest.
    }
  }
}
