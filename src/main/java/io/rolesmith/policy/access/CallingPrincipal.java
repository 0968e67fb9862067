package io.rolesmith.policy.access;

import io.rolesmith.policy.AwsPrincipal;

/** Who makes a request, as trust policies tell principals apart. */
public sealed interface CallingPrincipal {

    /**
     * A principal of an AWS account: its root, a user, a role (any session of it), or one session.
     *
     * @param arn such as {@code arn:aws:iam::123456789012:role/ci} or
     *     {@code arn:aws:sts::123456789012:assumed-role/ci/build-7}
     */
    record AwsPrincipalArn(String arn) implements CallingPrincipal {

        /** @throws IllegalArgumentException when the ARN is none of a principal */
        public AwsPrincipalArn {
            if (!Arns.isArn(arn) || !AwsPrincipal.isPrincipalArn(Arns.split(arn))) {
                throw new IllegalArgumentException(
                        "A calling principal's ARN is that of an account root, a user, a role or a session.");
            }
        }

        /** The twelve digits of its account. */
        public String account() {
            return Arns.split(arn)[Arns.ACCOUNT];
        }

        String partition() {
            return Arns.split(arn)[Arns.PARTITION];
        }

        /** What follows the account, such as {@code role/ci}. */
        String resource() {
            return Arns.split(arn)[Arns.RESOURCE];
        }
    }

    /**
     * A service of AWS.
     *
     * @param name such as {@code ecs-tasks.amazonaws.com}
     */
    record ServicePrincipal(String name) implements CallingPrincipal {}

    /**
     * Somebody whom an identity provider vouches for.
     *
     * @param provider the ARN of a SAML or OIDC provider, or the host name of one that AWS knows by itself
     */
    record FederatedPrincipal(String provider) implements CallingPrincipal {}

    /** Nobody in particular. */
    record Anonymous() implements CallingPrincipal {}
}
