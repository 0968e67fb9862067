package io.rolesmith.iam.aws;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Credentials whose absence can be told from every other failure. Whatever a provider throws looks to the caller of a client
 * like a failed call; but a call without credentials was surely not sent.
 */
record CertainCredentials(AwsCredentialsProvider provider) implements AwsCredentialsProvider {

    /** There are no credentials; the cause says why. */
    static final class Missing extends RuntimeException {
        Missing(RuntimeException cause) {
            super(cause);
        }

        /** Why there are none. */
        RuntimeException reason() {
            return getCause() instanceof RuntimeException reason ? reason : this;
        }
    }

    @Override
    public AwsCredentials resolveCredentials() {
        try {
            return provider.resolveCredentials();
        } catch (Missing e) {
            throw e;
        } catch (RuntimeException e) {
            throw new Missing(e);
        }
    }
}
