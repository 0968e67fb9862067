package io.rolesmith;

import java.time.InstantSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** Starts Rolesmith. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class RolesmithApplication {

    public static void main(String[] args) {
        SpringApplication.run(RolesmithApplication.class, args);
    }

    /** What time it is, for everyone: nothing else may ask the system. */
    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }
}
