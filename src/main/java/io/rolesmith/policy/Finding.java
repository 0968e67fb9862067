package io.rolesmith.policy;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a check has to say about what was asked.
 *
 * @param code an upper-case code; AWS's own where Access Analyzer has one
 * @param pointer JSON pointer (RFC 6901) of the value meant, from the root of what was checked
 * @param line 1-based line in pasted text, absent when no text was given
 * @param column 1-based column in pasted text, absent when no text was given
 * @param account the account for which this holds, absent when it holds for all
 * @param message one sentence that names the value and the rule
 * @param remedy one sentence that says what to do about it
 */
public record Finding(
        String code,
        Severity severity,
        String pointer,
        @Nullable Integer line,
        @Nullable Integer column,
        @Nullable String account,
        String message,
        String remedy) {

    /** A refusal of the value at {@code pointer}. */
    public static Finding error(String code, String pointer, String message, String remedy) {
        return new Finding(code, Severity.ERROR, pointer, null, null, null, message, remedy);
    }

    /** Something at {@code pointer} that IAM would take and that gives away more than anybody should want. */
    public static Finding securityWarning(String code, String pointer, String message, String remedy) {
        return new Finding(code, Severity.SECURITY_WARNING, pointer, null, null, null, message, remedy);
    }

    /** Something at {@code pointer} that is allowed and probably not meant. */
    public static Finding warning(String code, String pointer, String message, String remedy) {
        return new Finding(code, Severity.WARNING, pointer, null, null, null, message, remedy);
    }

    /** Something at {@code pointer} that could be better. */
    public static Finding suggestion(String code, String pointer, String message, String remedy) {
        return new Finding(code, Severity.SUGGESTION, pointer, null, null, null, message, remedy);
    }

    /** The same finding, seen from a document in which the checked one stands at {@code prefix}. */
    public Finding below(String prefix) {
        return new Finding(code, severity, prefix + pointer, line, column, account, message, remedy);
    }

    /** The same finding, said of one account only. */
    public Finding in(String account) {
        return new Finding(code, severity, pointer, line, column, account, message, remedy);
    }

    /** The same finding at a place in pasted text. */
    public Finding at(int line, int column) {
        return new Finding(code, severity, pointer, line, column, account, message, remedy);
    }

    /** Where more is said about findings of this code: the page of AWS that states the rule. */
    public Optional<String> link() {
        return ReferenceLinks.of(code);
    }

    /** Whether this one refuses what was asked. */
    public boolean refuses() {
        return severity == Severity.ERROR;
    }

    /** Whether any of {@code findings} refuses. */
    public static boolean anyRefuses(List<Finding> findings) {
        return findings.stream().anyMatch(Finding::refuses);
    }
}
