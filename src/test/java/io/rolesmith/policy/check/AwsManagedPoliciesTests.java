package io.rolesmith.policy.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.access.MatchedStatement;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import io.rolesmith.policy.catalogue.Catalogue;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What we say of the policies that AWS itself writes: they show whether a rule is too strict. */
class AwsManagedPoliciesTests {

    private static final Path REPORT = Path.of("docs/aws-managed-policies-report.md");

    /** Set to {@code true} to have the committed report written anew. */
    private static final String REWRITE = "REWRITE_REPORTS";

    private static final ManagedPolicies POLICIES = Catalogue.bundled().managedPolicies();

    @Test
    void areReadAndWrittenBackWithoutLoss() {
        for (String arn : POLICIES.arns()) {
            assertThat(document(arn).json())
                    .as(arn)
                    .isEqualTo(POLICIES.document(arn).orElseThrow());
        }
    }

    /** AWS's own may be longer than anybody else's. */
    @Test
    void haveNoErrorButTheirLength() {
        for (String arn : POLICIES.arns()) {
            assertThat(PolicyCheck.refusals(document(arn), PolicyKind.IDENTITY, "aws"))
                    .as(arn)
                    .filteredOn(Finding::refuses)
                    .extracting(Finding::code)
                    .isSubsetOf("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA");
            assertThat(AdviceTests.CHECK.check(document(arn), PolicyKind.IDENTITY, "aws"))
                    .as(arn)
                    .filteredOn(Finding::refuses)
                    .extracting(Finding::code)
                    .isSubsetOf("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "TOO_MANY_FINDINGS");
        }
    }

    @Test
    void haveTheSecurityWarningsOfTheCommittedReport() throws IOException {
        String report = report();
        if ("true".equals(System.getenv(REWRITE))) {
            Files.writeString(REPORT, report);
        }

        assertThat(REPORT).as("Run this with %s=true", REWRITE).hasContent(report);
    }

    private static String report() {
        SortedMap<String, String> warned = new TreeMap<>();
        Map<Severity, SortedMap<String, Integer>> findings = new EnumMap<>(Severity.class);
        Map<String, Integer> policies = new TreeMap<>();
        for (String arn : POLICIES.arns()) {
            SortedMap<String, Integer> grave = new TreeMap<>();
            for (Finding finding : findings(arn)) {
                findings.computeIfAbsent(finding.severity(), _ -> new TreeMap<>())
                        .merge(finding.code(), 1, Integer::sum);
                if (finding.severity() == Severity.SECURITY_WARNING) {
                    grave.merge(finding.code(), 1, Integer::sum);
                }
            }
            grave.keySet().forEach(code -> policies.merge(code, 1, Integer::sum));
            if (!grave.isEmpty()) {
                warned.put(
                        arn.substring(arn.indexOf("policy/") + "policy/".length()),
                        grave.entrySet().stream()
                                .map(code -> code.getKey() + (code.getValue() > 1 ? " × " + code.getValue() : ""))
                                .collect(Collectors.joining(", ")));
            }
        }
        StringBuilder report = new StringBuilder("""
                # Security warnings about the policies that AWS manages

                Written by `AwsManagedPoliciesTests`; with `REWRITE_REPORTS=true` in its environment it writes this file anew.
                Made of %s %s (%s): %d policies, %d of them with security warnings. None has an error, the length of %d
                aside, for which AWS's own policies have no quota.

                """.formatted(
                        POLICIES.source().name(),
                        POLICIES.source().version(),
                        POLICIES.source().date(),
                        POLICIES.arns().size(),
                        warned.size(),
                        count(findings, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA")));
        report.append("## By code\n\n| security warning | findings | policies |\n|---|---:|---:|\n");
        findings.getOrDefault(Severity.SECURITY_WARNING, new TreeMap<>())
                .forEach((code, count) ->
                        report.append("| %s | %d | %d |%n".formatted(code, count, policies.get(code))));
        for (Severity severity : List.of(Severity.WARNING, Severity.SUGGESTION)) {
            report.append("\n| %s | findings |%n|---|---:|%n".formatted(severity.label()));
            findings.getOrDefault(severity, new TreeMap<>())
                    .forEach((code, count) -> report.append("| %s | %d |%n".formatted(code, count)));
        }
        report.append("\n## By policy\n\n| policy | security warnings |\n|---|---|\n");
        warned.forEach((policy, codes) -> report.append("| %s | %s |%n".formatted(policy, codes)));
        return report.toString();
    }

    private static int count(Map<Severity, SortedMap<String, Integer>> findings, String code) {
        return findings.getOrDefault(Severity.ERROR, new TreeMap<>()).getOrDefault(code, 0);
    }

    private static List<Finding> findings(String arn) {
        PolicyDocument document = document(arn);
        List<Finding> findings = new ArrayList<>(AdviceTests.CHECK.check(document, PolicyKind.IDENTITY, "aws"));
        EscalationCheck.findings(new Permissions(List.of(NamedPolicy.of(arn, document)), Optional.empty()))
                .forEach(escalation -> findings.add(escalation.finding(MatchedStatement::pointer)));
        return findings;
    }

    private static PolicyDocument document(String arn) {
        return PolicyDocument.parse(POLICIES.document(arn).orElseThrow());
    }
}
