package io.rolesmith.support;

/** Whoever answers calls to IAM in the end. */
@FunctionalInterface
public interface IamBackend {

    QueryReply answer(QueryForm call);

    /** What the call would have been answered before the last {@code writes} writes on its role, if that is known. */
    default QueryReply answerAsOf(QueryForm call, int writes) {
        return answer(call);
    }
}
