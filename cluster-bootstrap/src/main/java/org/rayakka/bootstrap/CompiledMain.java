package org.rayakka.bootstrap;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;

/// The driver of a program that `ray run` compiled: runs its `main`, and removes its classes at the
/// end.
final class CompiledMain {
  private CompiledMain() {}

  /// Runs the program.
  ///
  /// @param args the folder of classes, the main class, and the program's own arguments
  public static void main(String[] args) throws Throwable {
    Path classes = Path.of(args[0]);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> SessionFolder.remove(classes), "ray-run-classes"));
    String[] arguments = Arrays.copyOfRange(args, 2, args.length);
    try {
      runMain(Class.forName(args[1]), arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  /// Runs the `main` that `java` would: static or not, with the arguments or without.
  private static void runMain(Class<?> type, String[] arguments)
      throws ReflectiveOperationException {
    Method main;
    Object[] passed;
    try {
      main = type.getDeclaredMethod("main", String[].class);
      passed = new Object[] {arguments};
    } catch (NoSuchMethodException e) {
      main = type.getDeclaredMethod("main");
      passed = new Object[0];
    }
    main.setAccessible(true);
    if (Modifier.isStatic(main.getModifiers())) {
      main.invoke(null, passed);
    } else {
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      main.invoke(constructor.newInstance(), passed);
    }
  }
}
