package org.rayakka.bootstrap;

import org.rayakka.api.exception.RayException;
import org.rayakka.api.options.InitOptions;
import org.rayakka.client.submission.NodeObserver;
import picocli.CommandLine.Option;

/// The option of a command that looks into a running node, and the way there.
final class AttachedNode {
  @Option(
      names = {"--redis-address", "--address"},
      paramLabel = "ADDRESS",
      description =
          "The cluster, by the address of its Redis; auto, the default, is the newest on this"
              + " machine.")
  private String address = InitOptions.AUTO;

  NodeObserver observe() {
    try {
      return NodeObserver.open(
          new SessionLocator()
              .locate(InitOptions.builder().setAddress(address).build())
              .sessionDirectory());
    } catch (RayException | IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
  }
}
