package io.rolesmith.iam.sandbox;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What IAM demands of the members of a request before it looks at anything else. Written from IAM's service model, and on
 * purpose without the checks of our own front door: what those miss has to be found here.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html">CreateRole</a>
 */
final class Constraints {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_+=,.@-]+");
    private static final Pattern PATH = Pattern.compile("/|/[!-~]+/");
    private static final Pattern DESCRIPTION =
            Pattern.compile("[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*");
    private static final Pattern DOCUMENT = Pattern.compile("[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+");
    private static final Pattern TAG_KEY = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+");
    private static final Pattern TAG_VALUE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
    private static final int MAX_ROLE_NAME = 64;
    private static final int MAX_OTHER_NAME = 128;
    private static final int MAX_PATH = 512;
    private static final int MAX_DESCRIPTION = 1000;
    private static final int MAX_DOCUMENT = 131_072;
    private static final int MIN_ARN = 20;
    private static final int MAX_ARN = 2048;
    private static final int MIN_SESSION = 3600;
    private static final int MAX_SESSION = 43_200;
    private static final int MAX_TAGS = 50;
    private static final int MAX_TAG_KEY = 128;
    private static final int MAX_TAG_VALUE = 256;

    private Constraints() {}

    static void roleName(String value) {
        name("roleName", value, MAX_ROLE_NAME);
    }

    static void policyName(String value) {
        name("policyName", value, MAX_OTHER_NAME);
    }

    static void instanceProfileName(String value) {
        name("instanceProfileName", value, MAX_OTHER_NAME);
    }

    private static void name(String member, String value, int longest) {
        length(member, value, 1, longest);
        if (!NAME.matcher(value).matches()) {
            throw Refusal.validation("The specified value for " + member
                    + " is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-");
        }
    }

    static void path(String value) {
        length("path", value, 1, MAX_PATH);
        if (!PATH.matcher(value).matches()) {
            throw Refusal.validation("The specified value for path is invalid. It must begin and end with / and contain"
                    + " only alphanumeric characters and/or / characters.");
        }
    }

    /** Roles only; IAM keeps these paths for roles that services make. */
    static void rolePath(String value) {
        path(value);
        String lower = value.toLowerCase(Locale.ROOT);
        if (lower.startsWith("/aws-service-role")) {
            throw Refusal.invalidInput(
                    "Paths beginning with '/aws-service-role' are reserved for AWS Service Linked Roles");
        }
        // Nobody has shown what IAM answers here; that it keeps the path is known.
        if (lower.startsWith("/aws-reserved/")) {
            throw Refusal.invalidInput("Paths beginning with '/aws-reserved' are reserved for AWS");
        }
    }

    static void description(String value) {
        length("description", value, 0, MAX_DESCRIPTION);
        if (!DESCRIPTION.matcher(value).matches()) {
            throw Refusal.constraint("description", "satisfy regular expression pattern: " + DESCRIPTION.pattern());
        }
    }

    static void maxSessionDuration(int seconds) {
        if (seconds < MIN_SESSION) {
            throw Refusal.constraint("maxSessionDuration", "have value greater than or equal to " + MIN_SESSION);
        }
        if (seconds > MAX_SESSION) {
            throw Refusal.constraint("maxSessionDuration", "have value less than or equal to " + MAX_SESSION);
        }
    }

    /** The transport's limits of a policy document, far above those of the quotas. */
    static void document(String member, String value) {
        length(member, value, 1, MAX_DOCUMENT);
        if (!DOCUMENT.matcher(value).matches()) {
            throw Refusal.constraint(member, "satisfy regular expression pattern: " + DOCUMENT.pattern());
        }
    }

    static void arn(String member, String value) {
        length(member, value, MIN_ARN, MAX_ARN);
    }

    static void tags(Map<String, String> tags) {
        if (tags.size() > MAX_TAGS) {
            throw Refusal.constraint("tags", "have length less than or equal to " + MAX_TAGS);
        }
        tags.forEach((key, value) -> {
            tagKey(key);
            length("tags.member.value", value, 0, MAX_TAG_VALUE);
            if (!TAG_VALUE.matcher(value).matches()) {
                throw Refusal.constraint(
                        "tags.member.value", "satisfy regular expression pattern: " + TAG_VALUE.pattern());
            }
            if (key.toLowerCase(Locale.ROOT).startsWith("aws:")) {
                throw Refusal.invalidInput("Tag keys beginning with aws: are reserved for system use.");
            }
        });
    }

    /** Of a role's tags; the tag keys of instance profiles differ by case. */
    static void roleTags(Map<String, String> tags) {
        tags(tags);
        Set<String> keys = new HashSet<>();
        for (String key : tags.keySet()) {
            if (!keys.add(key.toLowerCase(Locale.ROOT))) {
                throw Refusal.invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
            }
        }
    }

    static void tagKeys(Set<String> keys) {
        if (keys.size() > MAX_TAGS) {
            throw Refusal.constraint("tagKeys", "have length less than or equal to " + MAX_TAGS);
        }
        keys.forEach(Constraints::tagKey);
    }

    private static void tagKey(String key) {
        length("tags.member.key", key, 1, MAX_TAG_KEY);
        if (!TAG_KEY.matcher(key).matches() || key.isBlank()) {
            throw Refusal.constraint("tags.member.key", "satisfy regular expression pattern: " + TAG_KEY.pattern());
        }
    }

    private static void length(String member, String value, int least, int most) {
        int length = value.codePointCount(0, value.length());
        if (length < least) {
            throw Refusal.constraint(member, "have length greater than or equal to " + least);
        }
        if (length > most) {
            throw Refusal.constraint(member, "have length less than or equal to " + most);
        }
    }
}
