package io.rolesmith;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** That {@code docs/operations.md} tells of each property of ours, as it is. */
class ConfigurationTableTests {

    private static final Pattern ROW =
            Pattern.compile("\\| `(rolesmith\\.[^`]+)` \\| (?:`([^`]+)`|–) \\| (.+?) \\| .+ \\|");

    /** @param value the default, empty if there is none */
    private record Property(String environment, String value) {}

    @Test
    void theTableHasEachPropertyWithItsVariableAndItsDefault() throws IOException, ClassNotFoundException {
        Map<String, Property> written = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("docs", "operations.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                written.put(row.group(1), new Property(row.group(2) == null ? "" : row.group(2), row.group(3)));
            }
        }
        Map<String, Property> real = properties();

        assertThat(written.keySet()).containsExactlyElementsOf(real.keySet());
        real.forEach((name, property) -> {
            Property row = Objects.requireNonNull(written.get(name));
            assertThat(row.environment()).as(name).isIn(property.environment(), "");
            assertThat(row.value().replace("`", "").replace("the bundled one", ""))
                    .as("the default of %s", name)
                    .contains(property.value());
        });
    }

    private static Map<String, Property> properties() throws ClassNotFoundException {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        Map<String, Property> properties = new TreeMap<>();
        for (var candidate : scanner.findCandidateComponents("io.rolesmith")) {
            Class<?> type = Class.forName(candidate.getBeanClassName());
            if (type.isRecord()) {
                collect(type.getAnnotation(ConfigurationProperties.class).value(), type, properties);
            }
        }
        return properties;
    }

    private static void collect(String prefix, Class<?> type, Map<String, Property> properties) {
        RecordComponent[] components = type.getRecordComponents();
        var parameters = Arrays.stream(type.getDeclaredConstructors())
                .filter(constructor -> constructor.getParameterCount() == components.length)
                .findFirst()
                .orElseThrow()
                .getParameters();
        for (int i = 0; i < components.length; i++) {
            String name = prefix + "."
                    + components[i].getName().replaceAll("[A-Z]", "-$0").toLowerCase(Locale.ROOT);
            Type element = components[i].getGenericType();
            if (element instanceof ParameterizedType generic && generic.getRawType() == List.class) {
                name += "[0]";
                element = generic.getActualTypeArguments()[0];
            }
            // A record of one component is a value.
            if (element instanceof Class<?> nested && nested.isRecord() && nested.getRecordComponents().length > 1) {
                collect(name, nested, properties);
            } else {
                DefaultValue value = parameters[i].getAnnotation(DefaultValue.class);
                properties.put(
                        name,
                        new Property(
                                name.replace("-", "")
                                        .replaceAll("[.\\[\\]]+", "_")
                                        .replaceAll("_$", "")
                                        .toUpperCase(Locale.ROOT),
                                value == null ? "" : String.join(", ", value.value())));
            }
        }
    }
}
