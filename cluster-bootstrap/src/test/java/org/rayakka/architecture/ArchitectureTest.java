package org.rayakka.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
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
import java.util.concurrent.locks.Lock;
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
            "org.rayakka.node.control.redis..",
            "org.rayakka.persistence.redis..",
            "org.rayakka.bootstrap.redis..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("redis..")
        .check(all);
  }

  @Test
  void aeronIsInOnePlace() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.rayakka.node.transfer..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.aeron..")
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
  void whatDecidesKnowsNoActorNoClockAndNoTable() {
    DescribedPredicate<JavaClass> deciding =
        simpleNameEndingWith("Policy")
            .or(simpleNameEndingWith("Ledger"))
            .or(simpleNameEndingWith("Queue"))
            .and(resideInAPackage("org.rayakka.node.."));
    noClasses()
        .that(deciding)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("akka..", "java.time..", "org.rayakka.node.control..")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(all);
  }

  @Test
  void theTablesKnowNoActor() {
    noClasses()
        .that()
        .resideInAnyPackage("org.rayakka.node.control..", "org.rayakka.bootstrap.redis..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("akka..")
        .check(all);
  }

  @Test
  void theNodeHasNoLocks() {
    noClasses()
        .that()
        .resideInAPackage("org.rayakka.node..")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Lock.class)
        .check(all);
    noMethods()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage("org.rayakka.node..")
        .should()
        .haveModifier(JavaModifier.SYNCHRONIZED)
        .check(all);
  }

  @Test
  void settingsAreReadWhereProcessesStart() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "org.rayakka.bootstrap..",
            "org.rayakka.node",
            "org.rayakka.node.loop",
            // Akka gives its plugins their settings as such.
            "org.rayakka.persistence.redis")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.typesafe.config..")
        .check(all);
  }

  @Test
  void onlyMainsEndTheProcess() {
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("Main")
        .and()
        .doNotHaveSimpleName("RayCommand")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(all);
  }

  @Test
  void namesSayWhatAClassIs() {
    noClasses()
        .that()
        .doNotHaveSimpleName("ObjectManager")
        .should()
        .haveNameMatching(".*(Impl|Util|Utils|Helper|Manager)")
        .orShould()
        .haveNameMatching(".*[.$]I[A-Z][a-z]\\w*")
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
