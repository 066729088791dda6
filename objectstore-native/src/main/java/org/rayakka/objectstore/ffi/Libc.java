package org.rayakka.objectstore.ffi;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.Optional;

/// The few C library calls of the store, on Linux. Where they are missing (another system, native
/// access denied) {@link #instance} is empty, and the store does without: a plain file for the
/// segment, polling instead of waiting.
public final class Libc {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  /// `sys/mman.h`: close the descriptor on exec.
  private static final int MFD_CLOEXEC = 1;

  /// `linux/mman.h`: map pages as a read would.
  private static final int MADV_POPULATE_READ = 22;

  /// `linux/mman.h`: map pages as a write would.
  private static final int MADV_POPULATE_WRITE = 23;

  /// `linux/mman.h`: make large pages of a range.
  private static final int MADV_COLLAPSE = 25;

  /// `linux/mman.h`: unmap the pages of a range; those of a file stay as they are.
  private static final int MADV_DONTNEED = 4;

  /// `linux/futex.h`: operations on words shared between processes.
  private static final int FUTEX_WAIT = 0;

  private static final int FUTEX_WAKE = 1;

  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0x40;
  private static final int O_EXCL = 0x80;
  private static final int O_CLOEXEC = 0x8_0000;

  private static final int EINTR = 4;

  /// `sys/resource.h`: whose priority; with number 0, the calling thread's.
  private static final int PRIO_PROCESS = 0;

  /// The lowest priority that there is.
  private static final int NICEST = 19;

  private static final Optional<Libc> INSTANCE = link();

  private final MethodHandle memfdCreate$mh;
  private final MethodHandle open$mh;
  private final MethodHandle close$mh;
  private final MethodHandle fallocate$mh;
  private final MethodHandle madvise$mh;
  private final MethodHandle setpriority$mh;
  private final MethodHandle futexWait$mh;
  private final MethodHandle futexWake$mh;
  private final StructLayout captureLayout;
  private final VarHandle errno;
  private final long futexNumber;

  private Libc(Linker linker, long futexNumber) {
    Linker.Option capture = Linker.Option.captureCallState("errno");
    this.captureLayout = Linker.Option.captureStateLayout();
    this.errno = captureLayout.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    this.futexNumber = futexNumber;
    memfdCreate$mh =
        find(linker, "memfd_create", FunctionDescriptor.of(INT, POINTER, INT), capture);
    open$mh =
        find(
            linker,
            "open",
            FunctionDescriptor.of(INT, POINTER, INT, INT),
            capture,
            Linker.Option.firstVariadicArg(2));
    close$mh = find(linker, "close", FunctionDescriptor.of(INT, INT), capture);
    fallocate$mh =
        find(linker, "fallocate", FunctionDescriptor.of(INT, INT, INT, LONG, LONG), capture);
    madvise$mh = find(linker, "madvise", FunctionDescriptor.of(INT, POINTER, LONG, INT), capture);
    setpriority$mh = find(linker, "setpriority", FunctionDescriptor.of(INT, INT, INT, INT));
    // Waiting may take long, so it must be an ordinary call, which lets the collector run.
    futexWait$mh =
        find(
            linker,
            "syscall",
            FunctionDescriptor.of(LONG, LONG, POINTER, INT, INT, POINTER, POINTER, INT),
            Linker.Option.firstVariadicArg(1));
    futexWake$mh =
        find(
            linker,
            "syscall",
            FunctionDescriptor.of(LONG, LONG, POINTER, INT, INT, POINTER, POINTER, INT),
            Linker.Option.firstVariadicArg(1),
            Linker.Option.critical(false));
  }

  /// The C library, where this system has what the store needs of it.
  public static Optional<Libc> instance() {
    return INSTANCE;
  }

  private static Optional<Libc> link() {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux")) {
      return Optional.empty();
    }
    long futexNumber =
        switch (System.getProperty("os.arch", "")) {
          case "amd64", "x86_64" -> 202;
          case "aarch64", "riscv64" -> 98;
          default -> -1;
        };
    if (futexNumber < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Libc(Linker.nativeLinker(), futexNumber));
    } catch (IllegalCallerException | UnsupportedOperationException | LinkageError absent) {
      System.getLogger(Libc.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "no native access: waiting for objects polls (expected: the JVM flag"
                  + " --enable-native-access=ALL-UNNAMED)",
              absent);
      return Optional.empty();
    }
  }

  @SuppressWarnings("restricted") // granted by --enable-native-access; link() handles its absence
  private static MethodHandle find(
      Linker linker, String name, FunctionDescriptor type, Linker.Option... options) {
    MemorySegment symbol =
        linker.defaultLookup().find(name).orElseThrow(() -> new UnsatisfiedLinkError(name));
    return linker.downcallHandle(symbol, type, options);
  }

  /// Makes an anonymous file in memory and returns its descriptor.
  public int memfdCreate(String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(captureLayout);
      int descriptor =
          (int) memfdCreate$mh.invokeExact(state, arena.allocateFrom(name), MFD_CLOEXEC);
      return checked("memfd_create", name, descriptor, state);
    } catch (Throwable thrown) {
      throw rethrown(thrown);
    }
  }

  /// Makes a new file that only this user may open, and returns its descriptor.
  public int createFile(String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(captureLayout);
      int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
      int descriptor = (int) open$mh.invokeExact(state, arena.allocateFrom(path), flags, 0600);
      return checked("open", path, descriptor, state);
    } catch (Throwable thrown) {
      throw rethrown(thrown);
    }
  }

  public void close(int descriptor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(captureLayout);
      checked("close", "" + descriptor, (int) close$mh.invokeExact(state, descriptor), state);
    } catch (Throwable thrown) {
      throw rethrown(thrown);
    }
  }

  /// Puts memory behind a range of a file, or fails.
  public void fallocate(int descriptor, long offset, long bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(captureLayout);
      int result;
      do {
        result = (int) fallocate$mh.invokeExact(state, descriptor, 0, offset, bytes);
      } while (result != 0 && (int) errno.get(state, 0L) == EINTR);
      checked("fallocate", offset + "+" + bytes, result, state);
    } catch (Throwable thrown) {
      throw rethrown(thrown);
    }
  }

  /// Maps the pages of a range for reading or writing at once. Does nothing where the kernel is too
  /// old for it (before 5.14): then the pages fault in one by one.
  public void populate(MemorySegment range, boolean write) {
    boolean ignored = advise(range, write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
  }

  /// Makes one large page of each part of a range that has at least one page, whatever the system's
  /// settings for large pages say, short of `deny`. The range is not mapped afterwards.
  ///
  /// @param range of a shared mapping, which lies in memory as it lies in its file, by large pages
  /// @return false where the kernel is too old for it (before 6.1), or has no large page left;
  ///   parts may have become one even so
  public boolean collapse(MemorySegment range) {
    boolean isLarge = advise(range, MADV_COLLAPSE);
    boolean ignored = advise(range, MADV_DONTNEED);
    return isLarge;
  }

  private boolean advise(MemorySegment range, int advice) {
    try (Arena arena = Arena.ofConfined()) {
      return 0
          == (int)
              madvise$mh.invokeExact(
                  arena.allocate(captureLayout), range, range.byteSize(), advice);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  /// Lets the calling thread run only when no other wants the processor. On Linux the call concerns
  /// the thread and not, as POSIX has it, its process.
  public void yieldToAllOthers() {
    try {
      int ignored = (int) setpriority$mh.invokeExact(PRIO_PROCESS, 0, NICEST);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  /// Waits until the word is rung, or is not as expected, or the time is over; may return early.
  public void futexWait(MemorySegment word, int expected, long timeoutNs) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timespec = arena.allocate(16, 8);
      timespec.set(LONG, 0, timeoutNs / 1_000_000_000L);
      timespec.set(LONG, 8, timeoutNs % 1_000_000_000L);
      long ignored =
          (long)
              futexWait$mh.invokeExact(
                  futexNumber, word, FUTEX_WAIT, expected, timespec, MemorySegment.NULL, 0);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  /// Wakes one that waits on the word.
  public void futexWake(MemorySegment word) {
    try {
      long ignored =
          (long)
              futexWake$mh.invokeExact(
                  futexNumber, word, FUTEX_WAKE, 1, MemorySegment.NULL, MemorySegment.NULL, 0);
    } catch (Throwable thrown) {
      throw new AssertionError(thrown);
    }
  }

  private int checked(String call, String argument, int result, MemorySegment state)
      throws IOException {
    if (result < 0) {
      int code = (int) errno.get(state, 0L);
      throw new IOException(call + "(" + argument + ") failed with errno " + code);
    }
    return result;
  }

  private static IOException rethrown(Throwable thrown) {
    return thrown instanceof IOException failed ? failed : new IOException(thrown);
  }
}
