package io.rolesmith.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.rolesmith.RolesmithApplication;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.core.Violations;

class HouseArchitectureTests {

    private static final String HERE = "io.rolesmith.architecture.violation";

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.rolesmith");

    private static final JavaClasses VIOLATIONS = new ClassFileImporter().importPackages(HERE);

    private static final ArchRule POLICY_IS_PURE = classes()
            .that(resideInAnyPackage("io.rolesmith.policy..", HERE + ".policy.."))
            .should()
            .onlyDependOnClassesThat(pure("tools.jackson.core..", "org.erdtman.jcs..", "..policy.."));

    private static final ArchRule ROLE_IS_PURE = classes()
            .that(resideInAnyPackage("io.rolesmith.role..", HERE + ".role.."))
            .should()
            .onlyDependOnClassesThat(pure("..policy..", "..role.."));

    private static final ArchRule CALLER_IS_PURE = classes()
            .that(resideInAnyPackage("io.rolesmith.caller..", HERE + ".caller.."))
            .should()
            .onlyDependOnClassesThat(pure("..caller.."));

    private static final ArchRule ONLY_ONE_ADAPTER_SEES_THE_SDK = noClasses()
            .that()
            .resideOutsideOfPackage("io.rolesmith.iam.aws..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("software.amazon.awssdk..");

    private static final ArchRule ONLY_API_SEES_HTTP = noClasses()
            .that()
            .resideOutsideOfPackage("io.rolesmith.api..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "jakarta.servlet..",
                    "org.springframework.web..",
                    "org.springframework.http..",
                    "org.springframework.security..");

    private static final ArchRule ADAPTERS_ARE_PRIVATE = noClasses()
            .that(resideInAnyPackage("io.rolesmith.iam.aws..", "io.rolesmith.iam.sandbox..", HERE + ".iam.aws.."))
            .should()
            .bePublic();

    private static final Set<String> CLOCKS = Set.of(
            Instant.class.getName(),
            LocalDate.class.getName(),
            LocalDateTime.class.getName(),
            OffsetDateTime.class.getName(),
            ZonedDateTime.class.getName());

    private static final ArchRule TIME_COMES_FROM_THE_CLOCK = noClasses()
            .that()
            .doNotBelongToAnyOf(RolesmithApplication.class)
            .should()
            .callCodeUnitWhere(DescribedPredicate.describe(
                    "asks the system what time it is", HouseArchitectureTests::asksTheSystem));

    private static boolean asksTheSystem(JavaCall<?> call) {
        String owner = call.getTargetOwner().getName();
        return (call.getName().equals("now") && CLOCKS.contains(owner))
                || (call.getName().equals("currentTimeMillis") && owner.equals(System.class.getName()))
                || (call.getName().startsWith("system")
                        && (owner.equals(Clock.class.getName()) || owner.equals(InstantSource.class.getName())));
    }

    private static DescribedPredicate<JavaClass> pure(String... more) {
        String[] allowed = Stream.concat(
                        Stream.of(more), Stream.of("java..", "org.jspecify..", "org.springframework.modulith"))
                .toArray(String[]::new);
        return resideInAnyPackage(allowed)
                .or(DescribedPredicate.describe("primitive", JavaClass::isPrimitive))
                .or(DescribedPredicate.describe("array", JavaClass::isArray));
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                Arguments.of("policy is pure", POLICY_IS_PURE),
                Arguments.of("role is pure", ROLE_IS_PURE),
                Arguments.of("caller is pure", CALLER_IS_PURE),
                Arguments.of("only iam.aws sees the SDK", ONLY_ONE_ADAPTER_SEES_THE_SDK),
                Arguments.of("only api sees HTTP", ONLY_API_SEES_HTTP),
                Arguments.of("adapters are private", ADAPTERS_ARE_PRIVATE),
                Arguments.of("time comes from the clock", TIME_COMES_FROM_THE_CLOCK));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void holdsInTheHouse(String name, ArchRule rule) {
        rule.check(HOUSE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void isBrokenByADeliberateViolation(String name, ArchRule rule) {
        assertThat(rule.evaluate(VIOLATIONS).hasViolation()).isTrue();
    }

    @Test
    void modulesDependOnlyOnWhatTheyAreAllowedTo() {
        ApplicationModules.of(RolesmithApplication.class).verify();
    }

    @Test
    void aModuleThatDependsOnWhatItIsNotAllowedToIsFound() {
        ApplicationModules broken = ApplicationModules.of(HERE, location -> true);

        assertThatThrownBy(broken::verify)
                .isInstanceOf(Violations.class)
                .hasMessageContaining("'caller'")
                .hasMessageContaining("'role'");
    }

    @Test
    void everyModuleSaysWhatItMayUse() {
        assertThat(ApplicationModules.of(RolesmithApplication.class).stream())
                .extracting(module -> module.getIdentifier().toString())
                .containsExactlyInAnyOrder(
                        "account",
                        "api",
                        "audit",
                        "blueprint",
                        "caller",
                        "iam",
                        "policy",
                        "provisioning",
                        "request",
                        "role");
    }
}
