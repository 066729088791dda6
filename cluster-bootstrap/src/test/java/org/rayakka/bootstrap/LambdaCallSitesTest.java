package org.rayakka.bootstrap;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_void;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.Serializable;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandles;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import scala.Function1;

/// {@link LambdaCallSites} on classes as Scala's compiler makes them.
class LambdaCallSitesTest {
  private static final int SCALA_FLAGS =
      LambdaMetafactory.FLAG_SERIALIZABLE | LambdaMetafactory.FLAG_BRIDGES;

  private static final DirectMethodHandleDesc ALTERNATIVE =
      ConstantDescs.ofCallsiteBootstrap(
          ClassDesc.of(LambdaMetafactory.class.getName()),
          "altMetafactory",
          ConstantDescs.CD_CallSite,
          CD_Object.arrayType());

  private static final ClassDesc FUNCTION = ClassDesc.of(Function1.class.getName());
  private static final ClassDesc RUNNABLE = ClassDesc.of(Runnable.class.getName());
  private static final ClassDesc MADE =
      ClassDesc.of(LambdaCallSitesTest.class.getPackageName(), "Made");

  private final LambdaCallSites callSites =
      new LambdaCallSites(LambdaCallSitesTest.class.getClassLoader());

  /// `def function: String => Object = name => name.trim`, as scalac links it.
  private static void withFunction(ClassBuilder made) {
    link(
        made,
        "function",
        DynamicCallSiteDesc.of(
            ALTERNATIVE,
            "apply",
            MethodTypeDesc.of(FUNCTION),
            MethodTypeDesc.of(CD_Object, CD_Object),
            MethodHandleDesc.ofMethod(
                DirectMethodHandleDesc.Kind.VIRTUAL,
                CD_String,
                "trim",
                MethodTypeDesc.of(CD_String)),
            MethodTypeDesc.of(CD_Object, CD_String),
            SCALA_FLAGS,
            1,
            MethodTypeDesc.of(CD_Object, CD_String)));
  }

  /// A lambda of an interface that is not Scala's.
  private static void withRunnable(ClassBuilder made) {
    link(
        made,
        "runnable",
        DynamicCallSiteDesc.of(
            ALTERNATIVE,
            "run",
            MethodTypeDesc.of(RUNNABLE),
            MethodTypeDesc.of(CD_void),
            MethodHandleDesc.ofMethod(
                DirectMethodHandleDesc.Kind.STATIC,
                ClassDesc.of(Thread.class.getName()),
                "onSpinWait",
                MethodTypeDesc.of(CD_void)),
            MethodTypeDesc.of(CD_void),
            LambdaMetafactory.FLAG_SERIALIZABLE));
  }

  private static void link(ClassBuilder made, String name, DynamicCallSiteDesc site) {
    made.withMethodBody(
        name,
        MethodTypeDesc.of(site.invocationType().returnType()),
        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
        code -> code.invokedynamic(site).areturn());
  }

  private static byte[] made() {
    return ClassFile.of()
        .build(
            MADE,
            made -> {
              withFunction(made);
              withRunnable(made);
            });
  }

  private static Object call(byte[] classFile, String method) throws Exception {
    MethodHandles.Lookup made = MethodHandles.lookup().defineHiddenClass(classFile, true);
    return made.lookupClass().getMethod(method).invoke(null);
  }

  @SuppressWarnings("unchecked")
  private static Object apply(Object function, String argument) {
    return ((Function1<Object, Object>) function).apply(argument);
  }

  @Test
  void functionsOfScalaDoTheSameAndAreNotSerializable() throws Exception {
    Object before = call(made(), "function");
    Object after = call(callSites.rewrite(made()).orElseThrow(), "function");

    assertThat(before).isInstanceOf(Serializable.class);
    assertThat(after).isNotInstanceOf(Serializable.class);
    assertThat(apply(after, " a ")).isEqualTo("a").isEqualTo(apply(before, " a "));
  }

  @Test
  void otherLambdasStayAsTheyAre() throws Exception {
    byte[] rewritten = callSites.rewrite(made()).orElseThrow();

    assertThat(call(rewritten, "runnable")).isInstanceOf(Serializable.class);
    assertThat(callSites.rewrite(rewritten)).as("nothing left to rewrite").isEmpty();
    assertThat(callSites.rewrite(ClassFile.of().build(MADE, LambdaCallSitesTest::withRunnable)))
        .isEmpty();
  }

  @Test
  void allOfAkkaClusterPassesTheVerifier() throws Exception {
    ClassFile verifier = ClassFile.of();
    int count = 0;
    try (JarFile jar =
        new JarFile(RuntimeClassPath.location(akka.cluster.Cluster.class).toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
        if (entry.getName().endsWith(".class")) {
          try (InputStream in = jar.getInputStream(entry)) {
            Optional<byte[]> rewritten = callSites.rewrite(in.readAllBytes());
            if (rewritten.isPresent()) {
              ClassModel model = verifier.parse(rewritten.get());
              assertThat(verifier.verify(model)).as(entry.getName()).isEmpty();
              count++;
            }
          }
        }
      }
    }
    assertThat(count).isGreaterThan(50);
  }
}
