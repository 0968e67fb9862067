package io.rolesmith.policy;

import java.util.List;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;

/** Asserts on one finding; {@link #assertThatOnly} takes the single one of a list. */
public final class FindingAssert extends AbstractAssert<FindingAssert, Finding> {

    private FindingAssert(Finding actual) {
        super(actual, FindingAssert.class);
    }

    public static FindingAssert assertThatOnly(List<Finding> findings) {
        if (findings.size() != 1) {
            throw new AssertionError("Expected one finding, got " + findings.size() + ": " + findings);
        }
        return new FindingAssert(findings.getFirst());
    }

    public static FindingAssert assertThatFinding(Finding finding) {
        return new FindingAssert(finding);
    }

    public FindingAssert isError(String code) {
        return has(Severity.ERROR, code);
    }

    public FindingAssert has(Severity severity, String code) {
        if (actual.severity() != severity || !actual.code().equals(code)) {
            failWithMessage("Expected %s %s, got %s", severity, code, actual);
        }
        return this;
    }

    public FindingAssert isAt(String pointer) {
        if (!actual.pointer().equals(pointer)) {
            failWithMessage("Expected the pointer %s, got %s", pointer, actual);
        }
        return this;
    }

    public FindingAssert isAt(int line, int column) {
        if (!Objects.equals(actual.line(), line) || !Objects.equals(actual.column(), column)) {
            failWithMessage("Expected line %s and column %s, got %s", line, column, actual);
        }
        return this;
    }

    public FindingAssert hasNoPlace() {
        if (actual.line() != null || actual.column() != null) {
            failWithMessage("Expected no line and column, got %s", actual);
        }
        return this;
    }

    public FindingAssert says(String message) {
        if (!actual.message().equals(message)) {
            failWithMessage("Expected%n  %s%ngot%n  %s", message, actual.message());
        }
        return this;
    }

    public FindingAssert advises(String remedy) {
        if (!actual.remedy().equals(remedy)) {
            failWithMessage("Expected%n  %s%ngot%n  %s", remedy, actual.remedy());
        }
        return this;
    }
}
