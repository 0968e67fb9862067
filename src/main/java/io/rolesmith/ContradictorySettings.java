package io.rolesmith;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells who starts us with settings that contradict each other which they are. Spring Boot's own knows no defaults. */
class ContradictorySettings extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException> {

    @Override
    protected @Nullable FailureAnalysis analyze(
            Throwable rootFailure, InvalidConfigurationPropertyValueException cause) {
        return new FailureAnalysis(
                cause.getName() + " is " + cause.getValue() + ": " + cause.getReason(),
                "Change one of the settings that are named.",
                cause);
    }
}
