package org.rayakka.examples.lbfgs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// L-BFGS-B 3.0 of Byrd, Lu, Nocedal, Morales and Zhu, the code behind scipy's `fmin_l_bfgs_b`,
/// from the shared library `liblbfgsb` (Debian package `liblbfgsb0`), without bounds.
///
/// Its Fortran routine `setulb` works by reverse communication: it returns whenever it wants a
/// value and a gradient, says so in the text `task`, and is called again with them. So no upcall
/// into Java is needed, and whoever computes the loss stays on the calling thread.
public final class NativeLbfgs implements Minimizer {
  private static final List<String> LIBRARY_NAMES =
      List.of("liblbfgsb.so.0", "liblbfgsb.so", "liblbfgsb.dylib", "liblbfgsb.dll");

  /// Corrections remembered, as many as scipy's default.
  private static final int MEMORY = 10;

  private static final int TEXT_LENGTH = 60;
  private static final int SILENT = -1;

  private final MethodHandle setulb;
  private final String library;

  private NativeLbfgs(MethodHandle setulb, String library) {
    this.setulb = setulb;
    this.library = library;
  }

  /// The library, if this machine has it and the JVM may call it.
  @SuppressWarnings("restricted") // what native access is granted for
  public static Optional<NativeLbfgs> load() {
    for (String name : LIBRARY_NAMES) {
      try {
        Optional<MemorySegment> symbol =
            SymbolLookup.libraryLookup(name, Arena.global()).find("setulb_");
        if (symbol.isPresent()) {
          return Optional.of(new NativeLbfgs(link(symbol.get()), name));
        }
      } catch (IllegalArgumentException _) {
        // no library of this name: the next may exist
      } catch (IllegalCallerException _) {
        return Optional.empty(); // native access is denied to this JVM
      }
    }
    return Optional.empty();
  }

  /// Fortran passes everything by address, and the lengths of its two texts by value at the end.
  @SuppressWarnings("restricted") // the descriptor is that of setulb in L-BFGS-B 3.0
  private static MethodHandle link(MemorySegment symbol) {
    return Linker.nativeLinker()
        .downcallHandle(
            symbol,
            FunctionDescriptor.ofVoid(
                ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
                JAVA_LONG, JAVA_LONG));
  }

  @Override
  public String toString() {
    return "L-BFGS-B 3.0 from " + library;
  }

  @Override
  public Minimum minimize(
      Objective objective, double[] start, Stopping stopping, Progress progress) {
    try (Arena arena = Arena.ofConfined()) {
      return new Workspace(arena, start, stopping).run(objective, stopping, progress);
    }
  }

  /// The arguments of `setulb`, which it also uses as its memory between two calls.
  private final class Workspace {
    private final int n;
    private final MemorySegment size;
    private final MemorySegment memory;
    private final MemorySegment theta;
    private final MemorySegment lower;
    private final MemorySegment upper;
    private final MemorySegment bounds;
    private final MemorySegment loss;
    private final MemorySegment gradient;
    private final MemorySegment factor;
    private final MemorySegment gradientTolerance;
    private final MemorySegment doubles;
    private final MemorySegment integers;
    private final MemorySegment task;
    private final MemorySegment print;
    private final MemorySegment savedText;
    private final MemorySegment savedFlags;
    private final MemorySegment savedIntegers;
    private final MemorySegment savedDoubles;

    Workspace(Arena arena, double[] start, Stopping stopping) {
      n = start.length;
      size = arena.allocateFrom(JAVA_INT, n);
      memory = arena.allocateFrom(JAVA_INT, MEMORY);
      theta = arena.allocateFrom(JAVA_DOUBLE, start);
      lower = arena.allocate(JAVA_DOUBLE, n);
      upper = arena.allocate(JAVA_DOUBLE, n);
      bounds = arena.allocate(JAVA_INT, n); // all 0: no variable is bounded
      loss = arena.allocate(JAVA_DOUBLE);
      gradient = arena.allocate(JAVA_DOUBLE, n);
      factor = arena.allocateFrom(JAVA_DOUBLE, stopping.relativeDecrease() / Math.ulp(1.0));
      gradientTolerance = arena.allocateFrom(JAVA_DOUBLE, stopping.gradientTolerance());
      long m = MEMORY;
      doubles = arena.allocate(JAVA_DOUBLE, (2 * m * n) + (5L * n) + (11 * m * m) + (8 * m));
      integers = arena.allocate(JAVA_INT, 3L * n);
      task = text(arena, "START");
      print = arena.allocateFrom(JAVA_INT, SILENT);
      savedText = text(arena, "");
      savedFlags = arena.allocate(JAVA_INT, 4);
      savedIntegers = arena.allocate(JAVA_INT, 44);
      savedDoubles = arena.allocate(JAVA_DOUBLE, 29);
    }

    private static MemorySegment text(Arena arena, String value) {
      byte[] padded =
          value
              .concat(" ".repeat(TEXT_LENGTH - value.length()))
              .getBytes(StandardCharsets.US_ASCII);
      return arena.allocateFrom(JAVA_BYTE, padded);
    }

    Minimum run(Objective objective, Stopping stopping, Progress progress) {
      int iterations = 0;
      int evaluations = 0;
      while (true) {
        call();
        String said = said();
        if (said.startsWith("FG")) {
          double[] point = theta.toArray(JAVA_DOUBLE);
          loss.set(JAVA_DOUBLE, 0, objective.fullLoss(point));
          MemorySegment.copy(objective.fullGrad(point), 0, gradient, JAVA_DOUBLE, 0, n);
          evaluations++;
        } else if (said.startsWith("NEW_X")) {
          progress.iteration(++iterations, loss.get(JAVA_DOUBLE, 0));
          if (iterations == stopping.maxIterations()) {
            return stopped(iterations, evaluations, "the limit of iterations is reached");
          }
        } else if (said.startsWith("ERROR")) {
          throw new IllegalStateException("liblbfgsb says: " + said);
        } else {
          return stopped(iterations, evaluations, said);
        }
      }
    }

    private Minimum stopped(int iterations, int evaluations, String reason) {
      return new Minimum(
          theta.toArray(JAVA_DOUBLE), loss.get(JAVA_DOUBLE, 0), iterations, evaluations, reason);
    }

    private String said() {
      byte[] bytes = task.toArray(JAVA_BYTE);
      return new String(bytes, StandardCharsets.US_ASCII).strip();
    }

    private void call() {
      try {
        setulb.invokeExact(
            size,
            memory,
            theta,
            lower,
            upper,
            bounds,
            loss,
            gradient,
            factor,
            gradientTolerance,
            doubles,
            integers,
            task,
            print,
            savedText,
            savedFlags,
            savedIntegers,
            savedDoubles,
            (long) TEXT_LENGTH,
            (long) TEXT_LENGTH);
      } catch (Throwable t) {
        throw new AssertionError("a downcall throws nothing of its own", t);
      }
    }
  }
}
