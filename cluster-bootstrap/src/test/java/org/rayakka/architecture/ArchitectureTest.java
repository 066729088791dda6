package org.rayakka.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Who may know whom.
class ArchitectureTest {
  private static JavaClasses all = new ClassFileImporter().importClasses();

  @BeforeAll
  static void readClasses() {
    all =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.rayakka");
  }

  @Test
  void theApiNeedsNothingButTheJdk() {
    classes()
        .that()
        .resideInAPackage("org.rayakka.api..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("org.rayakka.api..", "java..", "org.jspecify..")
        .check(all);
  }

  @Test
  void driversAndWorkersNeverMeetAkkaOrRedis() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.rayakka.client..", "org.rayakka.protocol..", "org.rayakka.objectstore..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "akka..", "scala..", "redis..", "io.aeron..", "com.typesafe..", "org.rayakka.node..")
        .check(all);
  }

  @Test
  void theNodeKnowsNoClientAndNoCommand() {
    noClasses()
        .that()
        .resideInAPackage("org.rayakka.node..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.rayakka.client..", "org.rayakka.bootstrap..")
        .check(all);
  }

  @Test
  void theRedisClientIsInOnePlace() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "org.rayakka.node.control.redis..", "org.rayakka.bootstrap.redis..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("redis..")
        .check(all);
  }

  @Test
  void packagesOfEachModuleHaveNoCycle() {
    slices().matching("org.rayakka.api.(*)..").should().beFreeOfCycles().check(all);
    slices().matching("org.rayakka.client.(*)..").should().beFreeOfCycles().check(all);
    slices().matching("org.rayakka.node.(**)").should().beFreeOfCycles().check(all);
    slices().matching("org.rayakka.bootstrap.(**)").should().beFreeOfCycles().check(all);
  }

  @Test
  void onlyTheStoresForeignFunctionsAndProcessesCallTheOperatingSystem() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.rayakka.objectstore.ffi..")
        .and()
        .haveNameNotMatching("org\\.rayakka\\.bootstrap\\.PosixProcess")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Linker.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(SymbolLookup.class)
        .check(all);
  }

  @Test
  void everyActorsProtocolIsClosed() {
    classes()
        .that()
        .haveSimpleName("Command")
        .and()
        .areInterfaces()
        .and()
        .resideInAPackage("org.rayakka..")
        .should(beSealed())
        .check(all);
  }

  @Test
  void nobodySleeps() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class).check(all);
    noClasses().should().callMethod(Thread.class, "sleep", java.time.Duration.class).check(all);
  }

  private static ArchCondition<JavaClass> beSealed() {
    return new ArchCondition<>("be sealed") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean isSealed = type.reflect().isSealed();
        events.add(
            new SimpleConditionEvent(
                type,
                isSealed && !type.getModifiers().contains(JavaModifier.FINAL),
                type.getName() + " is " + (isSealed ? "" : "not ") + "sealed"));
      }
    };
  }
}
