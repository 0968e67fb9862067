package io.rolesmith.iam;

import java.util.Set;

/**
 * The error codes of IAM, as they are on the wire, that change what we do.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html">Common errors</a>
 */
public final class IamErrors {

    public static final String NO_SUCH_ENTITY = "NoSuchEntity";
    public static final String ENTITY_ALREADY_EXISTS = "EntityAlreadyExists";
    public static final String LIMIT_EXCEEDED = "LimitExceeded";
    public static final String INVALID_INPUT = "InvalidInput";
    public static final String VALIDATION_ERROR = "ValidationError";
    public static final String MALFORMED_POLICY_DOCUMENT = "MalformedPolicyDocument";
    public static final String UNMODIFIABLE_ENTITY = "UnmodifiableEntity";
    public static final String POLICY_NOT_ATTACHABLE = "PolicyNotAttachable";
    public static final String ACCESS_DENIED = "AccessDenied";
    public static final String DELETE_CONFLICT = "DeleteConflict";
    public static final String CONCURRENT_MODIFICATION = "ConcurrentModification";

    /** Not IAM's but ours: the account's call budget is spent for longer than a call may wait; nothing was sent. */
    public static final String BUDGET_EXHAUSTED = "BudgetExhausted";

    /** Not IAM's but ours: what is left of the account's call budget cannot be found out now; nothing was sent. */
    public static final String BUDGET_UNKNOWN = "BudgetUnknown";

    /**
     * IAM's own code is {@code Throttling}; the others are those of its documentation's common list, and what our own budget
     * says before IAM has to.
     */
    public static final Set<String> THROTTLING = Set.of(
            "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", BUDGET_EXHAUSTED);

    /** Not IAM's but ours: the thread was stopped. */
    public static final String INTERRUPTED = "Interrupted";

    /** Not IAM's but ours: so much time went by before the call that it may not be sent any more. */
    public static final String TOO_LATE = "TooLate";

    /** What lies with us and passes; it says nothing about IAM. */
    static final Set<String> OURS = Set.of(BUDGET_EXHAUSTED, BUDGET_UNKNOWN, INTERRUPTED);

    private IamErrors() {}
}
