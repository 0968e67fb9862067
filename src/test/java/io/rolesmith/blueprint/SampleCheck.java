package io.rolesmith.blueprint;

import io.rolesmith.policy.Severity;
import io.rolesmith.policy.check.PolicyCheck;

/** The check of policies that the service has by default. */
final class SampleCheck {

    static final PolicyCheck CHECK =
            new PolicyCheck(io.rolesmith.policy.catalogue.Catalogue.bundled(), Severity.WARNING);

    private SampleCheck() {}
}
