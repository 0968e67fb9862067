package io.rolesmith.audit;

import org.jspecify.annotations.Nullable;

/**
 * Whether the trail is still as it was written.
 *
 * @param verified how many events, from the first, are as they were sealed
 * @param head the last of these: kept outside, it shows later that nothing up to it was removed or rewritten
 * @param firstBreak what is wrong, absent when the chain is intact
 */
public record ChainVerification(
        boolean intact, long verified, Head head, @Nullable Break firstBreak) {

    /**
     * An end of the chain.
     *
     * @param sequence 0 as long as there is no event
     * @param hash lower-case hex, 32 zero bytes as long as there is no event
     */
    public record Head(long sequence, String hash) {}

    /**
     * The first thing that is not as it was written.
     *
     * @param sequence the place in the chain, absent when what is wrong stands at none
     * @param reason one sentence
     */
    public record Break(@Nullable Long sequence, String reason) {}
}
