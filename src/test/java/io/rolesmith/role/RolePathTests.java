package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RolePathTests {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/team/", "/a/b/c/", "/A-z_0+=,.@/9/"})
    void hasSegmentsOfNamesCharactersBetweenSlashes(String path) {
        assertThat(new RolePath(path)).hasToString(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"team", "/team", "team/", "//", "/a//b/", "/a/b//", " /", "/ "})
    void beginsAndEndsWithASlashAndHasNoEmptySegment(String path) {
        assertThat(RolePath.violation(path))
                .hasValue("The path '" + path + "' must begin and end with a slash, with no empty segment");
    }

    /** IAM's own pattern takes any of the first six; its documentation does not. */
    @ParameterizedTest
    @ValueSource(strings = {"*", "!", "~", ":", "%", "\\", " ", "é"})
    void hasNoOtherCharacters(String sign) {
        assertThat(RolePath.violation("/a" + sign + "/"))
                .hasValue("The path '/a" + sign + "/' contains '" + sign
                        + "'; IAM allows ASCII letters, digits and _+=,.@- between slashes");
    }

    @Test
    void has1To512Characters() {
        assertThat(new RolePath("/" + "p".repeat(510) + "/").value()).hasSize(512);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RolePath("/" + "p".repeat(511) + "/"))
                .withMessage("The path has 513 characters; IAM allows 1 to 512");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RolePath(""))
                .withMessage("The path has 0 characters; IAM allows 1 to 512");
    }

    @Test
    void isCutShortInMessages() {
        assertThat(RolePath.violation("/" + "p".repeat(400)).orElseThrow())
                .startsWith("The path '/" + "p".repeat(159) + "…' must begin");
    }
}
