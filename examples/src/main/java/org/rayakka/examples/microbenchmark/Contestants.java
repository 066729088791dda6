package org.rayakka.examples.microbenchmark;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rayakka.examples.microbenchmark.peers.Bare;
import org.rayakka.examples.microbenchmark.peers.HazelcastPeer;
import org.rayakka.examples.microbenchmark.peers.OwnJvm;
import org.rayakka.examples.microbenchmark.peers.TwoNodes;
import org.rayakka.examples.microbenchmark.rows.EngineRows;
import org.rayakka.examples.microbenchmark.rows.MeasuringProcess;
import org.rayakka.examples.microbenchmark.rows.Row;
import org.rayakka.examples.microbenchmark.rows.Rows;

/// The systems that rows are measured on: Rayakka on one node and on two, and its peers. Each is
/// started when a row first needs it; only the two that take turns run at a time.
final class Contestants implements AutoCloseable {
  static final String HAZELCAST_VERSION = "5.5.0";

  private final Path workFolder;
  private final PrintWriter progress;
  private final MeasuredSystem oneNode;
  private final MeasuredSystem twoNodes;
  private final MeasuredSystem bare;
  private final Set<String> rowsOfRay = new HashSet<>();
  private final Set<String> rowsOfTwoNodes = new HashSet<>();
  private volatile @Nullable MeasuredSystem ray;
  private volatile @Nullable MeasuredSystem hazelcast;

  /// @param workFolder for logs, and what is needed during this run only
  /// @param progress told what takes time
  Contestants(Path workFolder, PrintWriter progress) {
    this.workFolder = workFolder;
    this.progress = progress;
    oneNode = java(MeasuringProcess.class, List.of(), "rayakka");
    twoNodes = java(TwoNodes.class, List.of(), "two-nodes");
    bare = java(Bare.class, List.of(), "bare");
    Rows.shared().forEach(row -> rowsOfRay.add(row.name()));
    TwoNodes.rows().forEach(row -> rowsOfTwoNodes.add(row.name()));
  }

  private MeasuredSystem java(Class<?> main, List<Path> more, String name) {
    return new MeasuredSystem(
        OwnJvm.command(main, more), Map.of(), workFolder.resolve(name + ".log"));
  }

  /// Rayakka, as this row wants it.
  MeasuredSystem ours(Row row) {
    if (rowsOfTwoNodes.contains(row.name())) {
      oneNode.close();
      return twoNodes;
    }
    twoNodes.close();
    return oneNode;
  }

  /// Whom a row compares it with, or null if nobody can do that.
  @Nullable MeasuredSystem peer(Row row) throws IOException, InterruptedException {
    MeasuredSystem wanted;
    if (rowsOfRay.contains(row.name())) {
      wanted = ray();
    } else if (rowsOfTwoNodes.contains(row.name()) || row.name().endsWith(EngineRows.AKKA)) {
      wanted = bare;
    } else if (row.name().endsWith(EngineRows.HAZELCAST)) {
      wanted = hazelcast();
    } else {
      return null;
    }
    for (MeasuredSystem other : new MeasuredSystem[] {ray, bare, hazelcast}) {
      if (other != null && !other.equals(wanted)) {
        other.close();
      }
    }
    return wanted;
  }

  private MeasuredSystem ray() throws IOException, InterruptedException {
    MeasuredSystem known = ray;
    if (known == null) {
      RayPeer peer = RayPeer.prepare(workFolder, progress);
      known =
          new MeasuredSystem(
              peer.command(),
              peer.environment(),
              workFolder.resolve("ray.log"),
              peer::removeSessions);
      ray = known;
    }
    return known;
  }

  private MeasuredSystem hazelcast() throws IOException, InterruptedException {
    MeasuredSystem known = hazelcast;
    if (known == null) {
      List<Path> jars =
          MavenCentral.jars("com.hazelcast", "hazelcast", HAZELCAST_VERSION, progress);
      known = java(HazelcastPeer.class, jars, "hazelcast");
      hazelcast = known;
    }
    return known;
  }

  /// Ends all processes in the middle of what they do. Called by any thread, when the benchmark
  /// itself is told to end.
  void abandon() {
    all().forEach(MeasuredSystem::abandon);
  }

  boolean areAbandoned() {
    return oneNode.isAbandoned();
  }

  private List<MeasuredSystem> all() {
    List<MeasuredSystem> all = new ArrayList<>(List.of(oneNode, twoNodes, bare));
    for (MeasuredSystem later : new MeasuredSystem[] {ray, hazelcast}) {
      if (later != null) {
        all.add(later);
      }
    }
    return all;
  }

  @Override
  public void close() {
    all().forEach(MeasuredSystem::close);
  }
}
