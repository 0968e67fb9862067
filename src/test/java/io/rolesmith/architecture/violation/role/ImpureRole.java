package io.rolesmith.architecture.violation.role;

import org.springframework.http.HttpStatus;
import software.amazon.awssdk.services.iam.model.Role;

/** Sees the SDK, and HTTP. */
public record ImpureRole(Role role, HttpStatus status) {}
