package org.rayakka.bootstrap;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ConstantPool;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.invoke.LambdaMetafactory;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Makes the lambdas of classes that Scala compiled ones that an {@link AotCache} can keep.
///
/// Scala links each by `LambdaMetafactory.altMetafactory`, since its functions are serialisable;
/// the cache of JDK 25 keeps only what `metafactory` makes (JEP 483), so that a node would make
/// hundreds of classes at each start. Here such a call site is linked by `metafactory`. What is
/// lost is that the function is `Serializable`, which nothing in a node asks of it: Akka refuses
/// Java's serialization.
///
/// Only functions of Scala's own interfaces are touched. These have one abstract method each and no
/// other that it overrides, so the bridges that Scala asks for beside it are never called.
final class LambdaCallSites {
  private static final DirectMethodHandleDesc METAFACTORY =
      ConstantDescs.ofCallsiteBootstrap(
          ClassDesc.of(LambdaMetafactory.class.getName()),
          "metafactory",
          ConstantDescs.CD_CallSite,
          ConstantDescs.CD_MethodType,
          ConstantDescs.CD_MethodHandle,
          ConstantDescs.CD_MethodType);

  private static final String ALTERNATIVE = "altMetafactory";

  private static final Pattern FUNCTION =
      Pattern.compile("Lscala/(Function\\d+|runtime/java8/J(Function|Procedure)\\d[^/]*);");

  /// Arguments of `metafactory`, with which those of `altMetafactory` begin; its flags follow.
  private static final int SHAPES = 3;

  private final ClassFile classFile;

  /// Rewrites classes.
  ///
  /// @param loader that has the classes which those refer to, for the verifier's stack maps
  LambdaCallSites(ClassLoader loader) {
    classFile =
        ClassFile.of(
            ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader).cached()));
  }

  /// Rewrites a class.
  ///
  /// @param bytes of its class file
  /// @return the new ones, if there was something to rewrite
  Optional<byte[]> rewrite(byte[] bytes) {
    ClassModel model = classFile.parse(bytes);
    if (!mentionsAlternative(model.constantPool())
        || model.methods().stream().noneMatch(LambdaCallSites::makesFunctions)) {
      return Optional.empty();
    }
    return Optional.of(
        classFile.transformClass(
            model,
            ClassTransform.transformingMethodBodies(
                LambdaCallSites::makesFunctions,
                (code, element) -> {
                  if (element instanceof InvokeDynamicInstruction site && makesFunction(site)) {
                    code.invokedynamic(plain(site));
                  } else {
                    code.with(element);
                  }
                })));
  }

  /// Tells most classes apart without a look at their methods.
  private static boolean mentionsAlternative(ConstantPool constants) {
    return IntStream.range(0, constants.bootstrapMethodCount())
        .mapToObj(i -> constants.bootstrapMethodEntry(i).bootstrapMethod().reference().name())
        .anyMatch(name -> name.equalsString(ALTERNATIVE));
  }

  private static boolean makesFunctions(MethodModel method) {
    Optional<CodeModel> code = method.code();
    return code.isPresent()
        && code.get()
            .elementStream()
            .anyMatch(
                element -> element instanceof InvokeDynamicInstruction site && makesFunction(site));
  }

  private static boolean makesFunction(InvokeDynamicInstruction site) {
    List<ConstantDesc> arguments = site.bootstrapArgs();
    return site.bootstrapMethod().methodName().equals(ALTERNATIVE)
        && FUNCTION.matcher(site.typeSymbol().returnType().descriptorString()).matches()
        && arguments.get(SHAPES) instanceof Integer flags
        && (flags & LambdaMetafactory.FLAG_MARKERS) == 0;
  }

  private static DynamicCallSiteDesc plain(InvokeDynamicInstruction site) {
    ConstantDesc[] shapes = site.bootstrapArgs().subList(0, SHAPES).toArray(ConstantDesc[]::new);
    return DynamicCallSiteDesc.of(
        METAFACTORY, site.name().stringValue(), site.typeSymbol(), shapes);
  }
}
