package org.rayakka.bootstrap;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// What the operating system does with this process and Java has no name for.
final class PosixProcess {
  private static final Linker LINKER = Linker.nativeLinker();

  private PosixProcess() {}

  /// Leaves the terminal's process group: an interrupt typed by the user goes to the driver alone,
  /// which decides when its node ends. Does nothing in a process that leads a group already.
  static void leaveTerminal() {
    MethodHandle setsid = find("setsid", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    try {
      var _ = (int) setsid.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Becomes another program, with the same process id, streams and working directory. Returns only
  /// if that fails.
  ///
  /// @param command the program's path and its arguments
  static void become(List<String> command) {
    MethodHandle execv =
        find(
            "execv",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      AddressLayout pointer = ValueLayout.ADDRESS;
      MemorySegment arguments = arena.allocate(pointer, command.size() + 1L);
      for (int i = 0; i < command.size(); i++) {
        arguments.setAtIndex(pointer, i, arena.allocateFrom(command.get(i)));
      }
      arguments.setAtIndex(pointer, command.size(), MemorySegment.NULL);
      var _ = (int) execv.invokeExact(arena.allocateFrom(command.getFirst()), arguments);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("restricted") // two functions of libc, with the types of their prototypes
  private static MethodHandle find(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
  }
}
