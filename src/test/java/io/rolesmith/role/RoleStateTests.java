package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoleStateTests {

    @Test
    void hasAFingerprintOf64HexDigits() {
        assertThat(LiveRole.of("App").state().fingerprint()).matches("[0-9a-f]{64}");
    }

    @Test
    void hasTheSameFingerprintInWhateverOrderIamListsThings() {
        LiveRole one = LiveRole.of("App")
                .attached("arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B")
                .inline("a", "1")
                .inline("b", "2")
                .tag("x", "1")
                .tag("y", "2")
                .profiles("p", "q");
        LiveRole other = LiveRole.of("App")
                .attached("arn:aws:iam::aws:policy/B", "arn:aws:iam::aws:policy/A")
                .inline("b", "2")
                .inline("a", "1")
                .tag("y", "2")
                .tag("x", "1")
                .profiles("q", "p");

        assertThat(one.state().fingerprint()).isEqualTo(other.state().fingerprint());
    }

    @Test
    void hasAnotherFingerprintForEverySingleDifference() {
        List<RoleState> states = new ArrayList<>(List.of(
                LiveRole.of("App").state(),
                LiveRole.of("app").state(),
                LiveRole.of("App").roleId("AROA2").state(),
                LiveRole.of("App").path("/team/").state(),
                LiveRole.of("App").description("d").state(),
                LiveRole.of("App").description("-").state(),
                LiveRole.of("App").trust("{}").state(),
                LiveRole.of("App").trust("{ }").state(),
                LiveRole.of("App").session(3601).state(),
                LiveRole.of("App").boundary("-").state(),
                LiveRole.of("App").boundary("arn").state(),
                LiveRole.of("App").templated().state(),
                LiveRole.of("App").tag("a", "b").state(),
                LiveRole.of("App").tag("A", "b").state(),
                LiveRole.of("App").tag("ab", "").state(),
                LiveRole.of("App").tag("a", "b").tag("c", "d").state(),
                LiveRole.of("App").attached("a").state(),
                LiveRole.of("App").attached("a", "b").state(),
                LiveRole.of("App").attached("ab").state(),
                LiveRole.of("App").inline("a", "b").state(),
                LiveRole.of("App").inline("ab", "").state(),
                LiveRole.of("App").inline("a", "b ").state(),
                LiveRole.of("App").profiles("a").state(),
                LiveRole.of("App").profiles("a", "b").state(),
                LiveRole.of("App").tag("managed", "a").state(),
                LiveRole.of("App").inline("7:managed1:a", "").state()));
        Set<String> fingerprints = new HashSet<>();

        assertThat(states).allMatch(state -> fingerprints.add(state.fingerprint()));
    }

    @Test
    void keepsItsOwnCopies() {
        LinkedHashMap<String, String> inline = new LinkedHashMap<>();
        LinkedHashSet<String> attached = new LinkedHashSet<>();
        RoleState state = new RoleState(
                "AROA1", "arn", "App", "/", "", "{}", 3600, null, inline, attached, inline, attached, false);
        String before = state.fingerprint();

        inline.put("a", "b");
        attached.add("a");

        assertThat(state.fingerprint()).isEqualTo(before);
    }
}
