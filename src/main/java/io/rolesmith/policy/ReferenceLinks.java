package io.rolesmith.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a finding's code is explained at length: AWS's page for the codes that are AWS's, else the page of the rule. */
final class ReferenceLinks {

    private static final String GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";
    private static final String CHECKS = GUIDE + "access-analyzer-reference-policy-checks.html";

    /** The codes of IAM Access Analyzer that policies of roles can have, by their heading on its reference page. */
    private static final Map<String, String> ACCESS_ANALYZER =
            Map.of("error", """
                    ARN_ACCOUNT_NOT_ALLOWED ARN_REGION_NOT_ALLOWED DATA_TYPE_MISMATCH
                    DUPLICATE_KEYS_WITH_DIFFERENT_CASE EMPTY_VARIABLE FEDERATED_PRINCIPAL_NOT_SUPPORTED
                    INVALID_ACTION INVALID_ARN_ACCOUNT INVALID_ARN_PREFIX INVALID_ARN_REGION INVALID_ARN_RESOURCE
                    INVALID_ARN_SERVICE_CASE INVALID_CONDITION_DATA_TYPE INVALID_CONDITION_KEY_FORMAT
                    INVALID_CONDITION_MULTIPLE_BOOLEAN INVALID_CONDITION_OPERATOR INVALID_EFFECT
                    INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY INVALID_GLOBAL_CONDITION_KEY
                    INVALID_KMS_KEY_VALUE INVALID_PARTITION INVALID_POLICY_ELEMENT INVALID_PRINCIPAL_FORMAT
                    INVALID_PRINCIPAL_KEY INVALID_REGION INVALID_SERVICE INVALID_SERVICE_CONDITION_KEY
                    INVALID_SERVICE_IN_ACTION INVALID_SERVICE_PRINCIPAL_FORMAT INVALID_VARIABLE_FOR_OPERATOR
                    INVALID_VERSION INVALID_VPCE_FORMAT INVALID_VPC_FORMAT JSON_SYNTAX_ERROR
                    MISMATCHED_ACTION_FOR_PRINCIPAL MISSING_ACTION MISSING_ACTION_FOR_CONDITION_KEY
                    MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY MISSING_ARN_ACCOUNT MISSING_ARN_FIELD
                    MISSING_ARN_REGION MISSING_BRACE_IN_VARIABLE MISSING_EFFECT MISSING_PRINCIPAL MISSING_QUALIFIER
                    MISSING_QUOTE_IN_VARIABLE MISSING_RESOURCE MISSING_STATEMENT MISSING_TAG_KEY_IN_CONDITION
                    NULL_WITH_IF_EXISTS POLICY_SIZE_EXCEEDS_RCP_QUOTA POLICY_SIZE_EXCEEDS_SCP_QUOTA
                    PRIVATE_IP_ADDRESS PRIVATE_NOT_IP_ADDRESS ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL
                    ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL
                    TYPE_MISMATCH_IP_RANGE UNIQUE_SIDS_REQUIRED UNSUPPORTED_ACTION_FOR_CONDITION_KEY
                    UNSUPPORTED_ACTION_IN_POLICY UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL
                    UNSUPPORTED_ELEMENT_COMBINATION UNSUPPORTED_GLOBAL_CONDITION_KEY UNSUPPORTED_PRINCIPAL
                    UNSUPPORTED_RESOURCE_ARN_IN_POLICY UNSUPPORTED_SID UNSUPPORTED_SPACE_IN_VARIABLE
                    UNSUPPORTED_WILDCARD_IN_PRINCIPAL VARIABLE_UNSUPPORTED_IN_ELEMENT
                    VARIABLE_UNSUPPORTED_IN_VERSION VARIABLE_USAGE_TOO_PERMISSIVE WILDCARD_USAGE_TOO_PERMISSIVE
                    """, "general-warning", """
                    CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE CREATE_SLR_WITH_NOT_RESOURCE
                    CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE
                    CREATE_SLR_WITH_STAR_IN_RESOURCE CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION
                    DEPRECATED_GLOBAL_CONDITION_KEY INVALID_DATE_VALUE INVALID_ROLE_REFERENCE INVALID_USER_REFERENCE
                    MISSING_VERSION POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA
                    POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA
                    SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED TYPE_MISMATCH TYPE_MISMATCH_BOOLEAN
                    TYPE_MISMATCH_DATE TYPE_MISMATCH_NUMBER TYPE_MISMATCH_STRING UNIQUE_SIDS_RECOMMENDED
                    USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES WILDCARD_WITHOUT_LIKE_OPERATOR
                    """, "security-warning", """
                    ALLOW_WITH_NOT_PRINCIPAL DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
                    DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE DYNAMODB_ATTRIBUTES_WITHOUT_SELECT
                    FORALLVALUES_WITH_SINGLE_VALUED_KEY FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE
                    MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL MISSING_GITHUB_REPO_CONDITION_KEY
                    MISSING_PAIRED_CONDITION_KEYS PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE
                    PASS_ROLE_WITH_NOT_RESOURCE PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE
                    PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE PASS_ROLE_WITH_STAR_IN_RESOURCE
                    PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL
                    STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS UNTRUSTWORTHY_CONDITION_KEY
                    """, "suggestion", """
                    ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
                    ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE CONFIRM_AUDIENCE_CLAIM_TYPE
                    EMPTY_ARRAY_ACTION EMPTY_ARRAY_CONDITION EMPTY_ARRAY_CONDITION_FORALLVALUES
                    EMPTY_ARRAY_CONDITION_FORANYVALUE EMPTY_ARRAY_CONDITION_IFEXISTS EMPTY_ARRAY_PRINCIPAL
                    EMPTY_ARRAY_RESOURCE EMPTY_OBJECT_CONDITION EMPTY_OBJECT_PRINCIPAL EMPTY_SID_VALUE
                    EQUIVALENT_TO_NULL_FALSE EQUIVALENT_TO_NULL_TRUE IMPROVE_IP_RANGE
                    IRRELEVANT_CONDITION_KEY_IN_POLICY NULL_WITH_QUALIFIER PRIVATE_IP_ADDRESS_SUBSET
                    PRIVATE_NOT_IP_ADDRESS_SUBSET RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL REDUNDANT_ACTION
                    REDUNDANT_CONDITION_VALUE_NUM REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION
                    REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY REDUNDANT_RESOURCE REDUNDANT_STATEMENT
                    REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION WILDCARD_IN_SERVICE_NAME
                    """);

    /** Codes of our own, by the page that states the rule. */
    private static final Map<String, String> OURS = Map.of(
            "reference_iam-quotas.html",
            """
                    INVALID_ROLE_NAME INVALID_PATH INVALID_DESCRIPTION INVALID_POLICY_NAME INVALID_SESSION_DURATION
                    TOO_MANY_MANAGED_POLICIES TOO_MANY_TAGS DUPLICATE_ROLE DUPLICATE_POLICY_NAME POLICY_TOO_LONG
                    """,
            "id_tags.html",
            """
                    INVALID_TAG_KEY INVALID_TAG_VALUE DUPLICATE_TAG_KEY RESERVED_TAG_KEY
                    """,
            "reference_policies_grammar.html",
            """
                    DUPLICATE_KEY INVALID_CHARACTER COMMENTS_REMOVED INEXACT_NUMBER NESTED_TOO_DEEPLY
                    """,
            "reference_policies_elements_principal.html",
            """
                    ANONYMOUS_TRUST MISSING_TRUST_POLICY
                    """,
            "reference_identifiers.html",
            """
                    INVALID_POLICY_ARN INVALID_PARTITION UNKNOWN_MANAGED_POLICY
                    """,
            "id_roles_create_service-linked-role.html",
            """
                    RESERVED_ROLE_NAME RESERVED_PATH POLICY_NOT_ATTACHABLE
                    """,
            "reference_policies_actions-resources-contextkeys.html",
            """
                    UNKNOWN_SERVICE UNKNOWN_ACTION UNKNOWN_RESOURCE_TYPE UNKNOWN_CONDITION_KEY RESOURCE_MISMATCH
                    """,
            "access_policies_boundaries.html",
            """
                    PRIVILEGE_ESCALATION
                    """);

    private static final Map<String, String> BY_CODE = new HashMap<>();

    static {
        OURS.forEach((page, codes) -> words(codes).forEach(code -> BY_CODE.put(code, GUIDE + page)));
        ACCESS_ANALYZER.forEach((heading, codes) -> words(codes)
                .forEach(code -> BY_CODE.put(
                        code,
                        CHECKS + "#access-analyzer-reference-policy-checks-" + heading + "-"
                                + Ascii.lower(code).replace('_', '-'))));
    }

    private ReferenceLinks() {}

    private static List<String> words(String codes) {
        return List.of(codes.strip().split("\\s+"));
    }

    /** The address that explains {@code code}; empty for what needs no more than its message. */
    static Optional<String> of(String code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }
}
