package io.rolesmith;

import io.rolesmith.audit.OfflineVerifier;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** The whole of Rolesmith. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class RolesmithApplication {

    /** Starts Rolesmith, or, if that is the first argument, only verifies an export or migrates the schema. */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals(OfflineVerifier.COMMAND)) {
            System.exit(OfflineVerifier.run(List.of(args).subList(1, args.length), System.out, System.err));
        }
        if (args.length > 0 && args[0].equals(SchemaMigration.COMMAND)) {
            SchemaMigration.run(Arrays.copyOfRange(args, 1, args.length));
            return;
        }
        SpringApplication.run(RolesmithApplication.class, args);
    }

    /** What time it is, for everyone: nothing else may ask the system. */
    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }
}
