package io.rolesmith.architecture.violation.iam.aws;

/** Is seen from outside. */
public final class PublicGateway {}
