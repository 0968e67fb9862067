package io.rolesmith.role;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Severity;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/** Asserts on what came of reading a draft that differs from a good one in one thing. */
final class ReadingAssert extends AbstractAssert<ReadingAssert, RoleDraft.RoleReading> {

    private ReadingAssert(RoleDraft.RoleReading actual) {
        super(actual, ReadingAssert.class);
    }

    static ReadingAssert assertThatReading(RoleDraftBuilder draft) {
        return new ReadingAssert(draft.read());
    }

    static ReadingAssert assertThatReading(RoleDraft.RoleReading reading) {
        return new ReadingAssert(reading);
    }

    /** Nothing is said and there is a spec. */
    ReadingAssert isFine() {
        Assertions.assertThat(actual.findings()).isEmpty();
        Assertions.assertThat(actual.spec()).isPresent();
        return this;
    }

    /** Exactly this is said, and there is no spec. */
    ReadingAssert isRefused(String code, String pointer) {
        Assertions.assertThat(actual.spec()).isEmpty();
        return isOnly(Severity.ERROR, code, pointer);
    }

    /** Exactly this is said, and there is a spec all the same. */
    ReadingAssert isWarned(String code, String pointer) {
        Assertions.assertThat(actual.spec()).isPresent();
        return isOnly(Severity.WARNING, code, pointer);
    }

    ReadingAssert saying(String message) {
        Assertions.assertThat(finding().message()).isEqualTo(message);
        return this;
    }

    ReadingAssert advising(String remedy) {
        Assertions.assertThat(finding().remedy()).isEqualTo(remedy);
        return this;
    }

    private ReadingAssert isOnly(Severity severity, String code, String pointer) {
        Finding finding = finding();
        Assertions.assertThat(finding)
                .extracting(Finding::severity, Finding::code, Finding::pointer)
                .containsExactly(severity, code, pointer);
        Assertions.assertThat(finding.remedy()).isNotBlank();
        return this;
    }

    private Finding finding() {
        Assertions.assertThat(actual.findings()).hasSize(1);
        return actual.findings().getFirst();
    }
}
