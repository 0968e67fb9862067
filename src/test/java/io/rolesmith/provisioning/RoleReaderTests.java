package io.rolesmith.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.iam.IamGateway;
import io.rolesmith.provisioning.ProvisioningProperties.Provisioning;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleState;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is believed of an IAM that shows a role now so and now so. */
class RoleReaderTests {

    private static final ProvisioningProperties PROPERTIES = new ProvisioningProperties(
            "test",
            new Provisioning(
                    5,
                    Duration.ZERO,
                    3,
                    Duration.ofMinutes(2),
                    Duration.ofSeconds(15),
                    Duration.ofMinutes(5),
                    Duration.ZERO,
                    Duration.ZERO));

    private final RoleReader reader = new RoleReader(new Backoff(PROPERTIES), PROPERTIES);

    /** Each letter is a look: ours as it should be, ours otherwise, theirs, or no role. */
    @ParameterizedTest
    @CsvSource({
        "O, O, 1",
        "-O, O, 2",
        "--O, O, 3",
        "ooo, o, 3",
        "---, -, 3",
        // Somebody changed ours, and one look lagged behind.
        "ooOooo, o, 6",
        // Or ours was shown as it was before at first.
        "oOOO, O, 4",
        "oo-OOO, O, 6",
        "TTT, T, 3",
        // Ours may be gone: what shows it then may lag behind.
        "TOTTT, T, 5",
        "TTOTTT, T, 6",
        "TTOOTTT, T, 7",
        // Theirs was there before ours was made, and one look lagged behind.
        "TOOO, O, 4",
        "T-OOO, O, 5",
        // Now this and now that: the last one, when all patience is spent.
        "TOTOTOTOT, T, 9"
    })
    void whatDiffersIsBelievedWhenItStays(String looks, char believed, int number) {
        AtomicInteger looked = new AtomicInteger();

        Optional<RoleState> read = reader.read(
                showing(looks, looked),
                new RoleName("shop"),
                true,
                state ->
                        state.roleId().equals("AROAOURS") && state.description().equals("as it should be"));

        assertThat(read).isEqualTo(shown(believed));
        assertThat(looked).hasValue(number);
    }

    private static IamGateway showing(String looks, AtomicInteger looked) {
        return (IamGateway) Proxy.newProxyInstance(
                IamGateway.class.getClassLoader(), new Class<?>[] {IamGateway.class}, (_, method, _) -> {
                    assertThat(method.getName()).isEqualTo("observe");
                    return shown(looks.charAt(looked.getAndIncrement()));
                });
    }

    private static Optional<RoleState> shown(char look) {
        return switch (look) {
            case 'O' -> Optional.of(role("AROAOURS", "as it should be"));
            case 'o' -> Optional.of(role("AROAOURS", "as it was"));
            case 'T' -> Optional.of(role("AROATHEIRS", "as it should be"));
            default -> Optional.empty();
        };
    }

    private static RoleState role(String id, String description) {
        return new RoleState(
                id,
                "arn:aws:iam::123456789012:role/shop",
                "shop",
                "/",
                description,
                "{}",
                3600,
                null,
                Map.of(),
                new LinkedHashSet<>(),
                new LinkedHashMap<>(),
                new LinkedHashSet<>(),
                false);
    }
}
