package io.rolesmith.policy.check;

/** What a document is for, since IAM's grammar differs. */
public enum PolicyKind {
    /** Says who may assume a role: IAM's AssumeRolePolicyDocument. */
    TRUST,
    /** Says what the holder may do: inline and managed policies. */
    IDENTITY
}
