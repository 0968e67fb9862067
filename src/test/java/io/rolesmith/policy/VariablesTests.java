package io.rolesmith.policy;

import static io.rolesmith.policy.FindingAssert.assertThatOnly;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VariablesTests {

    private final List<Finding> findings = new ArrayList<>();
    private final Variables variables = Variables.of(Map.of("region", "eu-west-1", "account", "123456789012"));

    @Test
    void replacesEachVariable() {
        assertThat(resolve("arn:aws:ecs:${var.region}:${var.account}:cluster/${var.region}"))
                .isEqualTo("arn:aws:ecs:eu-west-1:123456789012:cluster/eu-west-1");
        assertThat(findings).isEmpty();
    }

    @Test
    void leavesTheVariablesOfIamAlone() {
        String text = "${aws:username} ${*} ${?} ${$} $${} ${ var.region } ${variable}";

        assertThat(resolve(text)).isEqualTo(text);
        assertThat(findings).isEmpty();
    }

    @Test
    void doesNotSearchValuesForVariables() {
        Variables nested = Variables.of(Map.of("a", "${var.b}", "b", "secret"));

        assertThat(nested.resolve("${var.a}", "/p", findings)).isEqualTo("${var.b}");
        assertThat(findings).isEmpty();
    }

    @Test
    void takesAnEmptyValueAsAValue() {
        assertThat(Variables.of(Map.of("suffix", "")).resolve("name${var.suffix}", "/p", findings))
                .isEqualTo("name");
        assertThat(findings).isEmpty();
    }

    @Test
    void leavesAnUnknownVariableStandingAndNamesIt() {
        assertThat(resolve("${var.region}/${var.cluster}/${var.cluster}"))
                .isEqualTo("eu-west-1/${var.cluster}/${var.cluster}");
        assertThatOnly(findings)
                .isError("UNRESOLVED_VARIABLE")
                .isAt("/p")
                .says("The variable ${var.cluster} has no value.")
                .advises("Give \"cluster\" a value in the variables.");
    }

    @Test
    void namesEveryUnknownVariable() {
        resolve("${var.x}${var.y}");

        assertThat(findings)
                .extracting(Finding::message)
                .containsExactly("The variable ${var.x} has no value.", "The variable ${var.y} has no value.");
    }

    @Test
    void tellsNamesApartByCase() {
        assertThat(resolve("${var.Region}")).isEqualTo("${var.Region}");
        assertThat(findings).hasSize(1);
    }

    @Test
    void refusesAVariableThatNeverEnds() {
        assertThat(resolve("${var.region}-${var.account")).isEqualTo("eu-west-1-${var.account");
        assertThatOnly(findings)
                .isError("UNRESOLVED_VARIABLE")
                .says("The variable \"${var.account\" has no closing brace.");
    }

    @Test
    void letsMoreVariablesWin() {
        Variables merged = variables.with(Map.of("region", "us-east-1", "cluster", "main"));

        assertThat(merged.values())
                .isEqualTo(Map.of("region", "us-east-1", "account", "123456789012", "cluster", "main"));
        assertThat(variables.values()).containsEntry("region", "eu-west-1");
    }

    @Test
    void doesNotFollowLaterChangesOfTheMap() {
        Map<String, String> values = new HashMap<>(Map.of("a", "1"));
        Variables taken = Variables.of(values);
        values.put("a", "2");

        assertThat(taken.resolve("${var.a}", "", findings)).isEqualTo("1");
    }

    private String resolve(String text) {
        return variables.resolve(text, "/p", findings);
    }
}
