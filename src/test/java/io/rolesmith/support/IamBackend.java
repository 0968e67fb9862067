package io.rolesmith.support;

/** Whoever answers calls to IAM in the end. */
@FunctionalInterface
public interface IamBackend {

    QueryReply answer(QueryForm call);
}
