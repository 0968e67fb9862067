package io.rolesmith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts Rolesmith. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class RolesmithApplication {

    public static void main(String[] args) {
        SpringApplication.run(RolesmithApplication.class, args);
    }
}
