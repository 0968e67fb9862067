package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import java.util.List;
import java.util.Set;

/**
 * A way from some permissions to more of them.
 *
 * @param name the permissions in short, {@code iam:PassRole with ec2:RunInstances} for one
 * @param gain what it leads to, as the end of a sentence
 * @param steps what must all be allowed
 * @param services to which services a role is passed on the way, without {@code .amazonaws.com}; empty where none is
 */
record EscalationPath(String name, String gain, List<Step> steps, Set<String> services, Group group) {

    EscalationPath {
        steps = List.copyOf(steps);
        services = Set.copyOf(services);
    }

    /** How paths belong together. */
    enum Group {
        SELF,
        OTHER_PRINCIPAL,
        PASS_ROLE,
        EXISTING_ROLE,
        GUARD
    }

    /**
     * Actions of which one is needed, on a resource of one kind.
     *
     * @param actions as AWS spells them
     * @param target what the actions must be allowed on to be dangerous
     */
    record Step(List<String> actions, Target target) {

        Step {
            actions = List.copyOf(actions);
        }

        List<String> lowerActions() {
            return actions.stream().map(Ascii::lower).toList();
        }
    }

    /**
     * What an action must be allowed on.
     *
     * <p>Narrow resources make an action harmless where the resource is what is taken over: one who may change the code of
     * {@code function:app-*} is deploying, one who may change that of any function is everybody. Where something new is
     * made, any resource will do.
     */
    enum Target {
        /** A role, be it the one that asks. */
        ROLE(Anybody.ofIam("role/")),
        /** A role that is another one. */
        OTHER_ROLE(Anybody.ofIam("role/")),
        USER(Anybody.ofIam("user/")),
        GROUP(Anybody.ofIam("group/")),
        POLICY(Anybody.ofIam("policy/")),
        PROVIDER(Anybody.ofIam("oidc-provider/")),
        SAML_PROVIDER(Anybody.ofIam("saml-provider/")),
        FUNCTION(Anybody.of("lambda", "function:")),
        INSTANCE(Anybody.of("ec2", "instance/")),
        LAUNCH_TEMPLATE(Anybody.of("ec2", "launch-template/")),
        STACK(Anybody.of("cloudformation", "stack/")),
        STACK_SET(Anybody.of("cloudformation", "stackset/")),
        PROJECT(Anybody.of("codebuild", "project/")),
        JOB(Anybody.of("glue", "job/")),
        DEV_ENDPOINT(Anybody.of("glue", "devEndpoint/")),
        NOTEBOOK(Anybody.of("sagemaker", "notebook-instance/")),
        APP_RUNNER_SERVICE(Anybody.of("apprunner", "service/")),
        CODE_INTERPRETER(Anybody.of("bedrock-agentcore", "code-interpreter/")),
        /** Whatever there is. */
        SOMETHING(ArnPattern.EVERYTHING);

        private final ArnPattern anybody;

        Target(ArnPattern anybody) {
            this.anybody = anybody;
        }

        /** A resource that only a wide pattern names. */
        ArnPattern anybody() {
            return anybody;
        }
    }
}
