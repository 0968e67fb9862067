package io.rolesmith.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyEquivalenceTests {

    /** One policy with something of everything: two statements, principals, lists, conditions of several types. */
    private static final String POLICY = """
            {"Version":"2012-10-17","Id":"Main","Statement":[
              {"Sid":"First","Effect":"Allow",
               "Principal":{"AWS":["arn:aws:iam::123456789012:root","arn:aws:iam::210987654321:role/App"],"Service":"ecs-tasks.amazonaws.com"},
               "Action":["sts:AssumeRole","sts:TagSession"],
               "Condition":{
                 "StringEquals":{"aws:SourceAccount":"123456789012","aws:RequestTag/Team":["Red","Blue"]},
                 "ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-east-1:123456789012:*"},
                 "Bool":{"aws:MultiFactorAuthPresent":"true"},
                 "NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}},
              {"Effect":"Deny","Principal":"*","NotAction":"s3:GetObject","Resource":["arn:aws:s3:::Bucket/A","arn:aws:s3:::Bucket/B"],
               "Condition":{"StringNotLike":{"aws:PrincipalArn":[]}}}]}
            """;

    private static final PolicyDocument DOCUMENT = PolicyDocument.parse(POLICY);

    static List<Arguments> spellings() {
        List<Arguments> all = new ArrayList<>();
        all.add(Arguments.of("as it is", POLICY));
        all.add(Arguments.of("minified", DOCUMENT.json()));
        all.add(Arguments.of(
                "white space everywhere", POLICY.replace(",", " ,\t\n ").replace("\":", "\" : ")));
        all.add(Arguments.of("line ends of another system", POLICY.replace("\n", "\r\n")));
        add(
                all,
                "members of the document in another order",
                "\"Version\":\"2012-10-17\",\"Id\":\"Main\"",
                "\"Id\":\"Main\",\"Version\":\"2012-10-17\"");
        add(
                all,
                "members of a statement in another order",
                "\"Sid\":\"First\",\"Effect\":\"Allow\"",
                "\"Effect\":\"Allow\",\"Sid\":\"First\"");
        all.add(Arguments.of("statements in another order", swapStatements()));
        all.add(Arguments.of(
                "a statement repeated", replaced(POLICY, "[\n  {\"Sid\"", "[" + secondStatement() + ",\n  {\"Sid\"")));
        add(all, "an empty Sid", "{\"Effect\":\"Deny\"", "{\"Sid\":\"\",\"Effect\":\"Deny\"");
        add(
                all,
                "actions in another order",
                "[\"sts:AssumeRole\",\"sts:TagSession\"]",
                "[\"sts:TagSession\",\"sts:AssumeRole\"]");
        add(
                all,
                "an action repeated",
                "[\"sts:AssumeRole\",\"sts:TagSession\"]",
                "[\"sts:AssumeRole\",\"sts:TagSession\",\"sts:AssumeRole\"]");
        add(all, "an action in lower case", "sts:AssumeRole", "sts:assumerole");
        add(all, "an action's service in upper case", "sts:TagSession", "STS:TagSession");
        add(
                all,
                "an action repeated in another case",
                "[\"sts:AssumeRole\",",
                "[\"sts:AssumeRole\",\"sts:ASSUMEROLE\",");
        add(all, "an action as a list of one", "\"s3:GetObject\"", "[\"s3:GetObject\"]");
        add(all, "an action under NotAction in another case", "s3:GetObject", "s3:GETOBJECT");
        add(all, "an action escaped", "s3:GetObject", "\\u0073\\u0033:GetObject");
        add(
                all,
                "resources in another order",
                "[\"arn:aws:s3:::Bucket/A\",\"arn:aws:s3:::Bucket/B\"]",
                "[\"arn:aws:s3:::Bucket/B\",\"arn:aws:s3:::Bucket/A\"]");
        add(
                all,
                "a resource repeated",
                "[\"arn:aws:s3:::Bucket/A\",",
                "[\"arn:aws:s3:::Bucket/A\",\"arn:aws:s3:::Bucket/A\",");
        add(all, "a slash escaped", "Bucket/A", "Bucket\\/A");
        add(all, "a letter escaped", "Bucket/A", "Bucket/\\u0041");
        add(all, "a member name escaped", "\"Effect\":\"Deny\"", "\"\\u0045ffect\":\"Deny\"");
        add(
                all,
                "kinds of principal in another order",
                "{\"AWS\":[\"arn:aws:iam::123456789012:root\",\"arn:aws:iam::210987654321:role/App\"],\"Service\":\"ecs-tasks.amazonaws.com\"}",
                "{\"Service\":\"ecs-tasks.amazonaws.com\",\"AWS\":[\"arn:aws:iam::123456789012:root\",\"arn:aws:iam::210987654321:role/App\"]}");
        add(
                all,
                "principals in another order",
                "[\"arn:aws:iam::123456789012:root\",\"arn:aws:iam::210987654321:role/App\"]",
                "[\"arn:aws:iam::210987654321:role/App\",\"arn:aws:iam::123456789012:root\"]");
        add(
                all,
                "a principal repeated",
                "[\"arn:aws:iam::123456789012:root\",",
                "[\"arn:aws:iam::123456789012:root\",\"arn:aws:iam::123456789012:root\",");
        add(all, "an account by its id", "\"arn:aws:iam::123456789012:root\"", "\"123456789012\"");
        add(all, "an account by its id with dashes", "\"arn:aws:iam::123456789012:root\"", "\"1234-5678-9012\"");
        add(
                all,
                "an account by id and by root ARN",
                "[\"arn:aws:iam::123456789012:root\",",
                "[\"123456789012\",\"arn:aws:iam::123456789012:root\",");
        add(all, "a service as a list of one", "\"ecs-tasks.amazonaws.com\"", "[\"ecs-tasks.amazonaws.com\"]");
        add(all, "a kind of principal without any", "\"Service\":\"ecs", "\"Federated\":[],\"Service\":\"ecs");
        add(all, "an empty NotPrincipal", "\"Principal\":\"*\"", "\"Principal\":\"*\",\"NotPrincipal\":{}");
        add(
                all,
                "a NotPrincipal with an empty list",
                "\"Principal\":\"*\"",
                "\"Principal\":\"*\",\"NotPrincipal\":{\"AWS\":[]}");
        add(
                all,
                "condition operators in another order",
                "\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},\n     \"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"3600\"}",
                "\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"3600\"},\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}");
        add(
                all,
                "condition keys in another order",
                "\"aws:SourceAccount\":\"123456789012\",\"aws:RequestTag/Team\":[\"Red\",\"Blue\"]",
                "\"aws:RequestTag/Team\":[\"Red\",\"Blue\"],\"aws:SourceAccount\":\"123456789012\"");
        add(all, "a condition key in another case", "aws:SourceAccount", "AWS:sourceACCOUNT");
        add(all, "a condition key's tag in another case", "aws:RequestTag/Team", "aws:RequestTag/team");
        add(all, "condition values in another order", "[\"Red\",\"Blue\"]", "[\"Blue\",\"Red\"]");
        add(all, "a condition value repeated", "[\"Red\",\"Blue\"]", "[\"Red\",\"Blue\",\"Red\"]");
        add(
                all,
                "a condition value as a list of one",
                "\"aws:SourceAccount\":\"123456789012\"",
                "\"aws:SourceAccount\":[\"123456789012\"]");
        add(all, "a number without quotes", "\"3600\"", "3600");
        add(all, "a number without quotes in a list", "\"3600\"", "[3600]");
        add(
                all,
                "an account condition as a number",
                "\"aws:SourceAccount\":\"123456789012\"",
                "\"aws:SourceAccount\":123456789012");
        add(all, "a boolean without quotes", "\"true\"", "true");
        add(all, "a boolean in another case", "\"true\"", "\"True\"");
        add(all, "a boolean repeated in every form", "\"true\"", "[true,\"true\",\"TRUE\"]");
        add(all, "ArnEquals for ArnLike", "\"ArnLike\"", "\"ArnEquals\"");
        add(
                all,
                "ArnEquals beside ArnLike with the same values",
                "\"Bool\":",
                "\"ArnEquals\":{\"aws:sourcearn\":\"arn:aws:ecs:us-east-1:123456789012:*\"},\"Bool\":");
        add(all, "an operator without any key", "\"Bool\":", "\"StringLike\":{},\"Bool\":");
        return all;
    }

    static List<Arguments> nearMisses() {
        List<Arguments> all = new ArrayList<>();
        add(all, "another version", "2012-10-17", "2008-10-17");
        add(all, "no version", "\"Version\":\"2012-10-17\",", "");
        add(all, "another Id", "\"Main\"", "\"main\"");
        add(all, "no Id", "\"Id\":\"Main\",", "");
        add(all, "an empty Id", "\"Main\"", "\"\"");
        add(all, "another Sid", "\"First\"", "\"first\"");
        add(all, "no Sid", "\"Sid\":\"First\",", "");
        add(all, "a Sid where there was none", "{\"Effect\":\"Deny\"", "{\"Sid\":\"Second\",\"Effect\":\"Deny\"");
        add(all, "another effect", "\"Deny\"", "\"Allow\"");
        all.add(Arguments.of("a statement less", replaced(POLICY, ",\n  " + secondStatement(), "")));
        add(all, "a statement more", "[\n  {\"Sid\"", "[{\"Effect\":\"Deny\"},{\"Sid\"");
        add(all, "an action less", "[\"sts:AssumeRole\",\"sts:TagSession\"]", "\"sts:AssumeRole\"");
        add(all, "an action more", "[\"sts:AssumeRole\",", "[\"sts:AssumeRole\",\"sts:SetContext\",");
        add(all, "another action", "sts:TagSession", "sts:TagSessions");
        add(all, "a wildcard for an action", "sts:TagSession", "sts:TagSessio?");
        add(all, "white space in an action", "sts:TagSession", "sts:TagSession ");
        add(all, "Action for NotAction", "\"NotAction\"", "\"Action\"");
        add(all, "NotResource for Resource", "\"Resource\"", "\"NotResource\"");
        add(all, "a resource in another case", "Bucket/A", "bucket/A");
        add(
                all,
                "a resource less",
                "[\"arn:aws:s3:::Bucket/A\",\"arn:aws:s3:::Bucket/B\"]",
                "\"arn:aws:s3:::Bucket/A\"");
        add(all, "a resource more", "[\"arn:aws:s3:::Bucket/A\",", "[\"*\",\"arn:aws:s3:::Bucket/A\",");
        add(all, "two resources joined into one text", "Bucket/A\",\"arn", "Bucket/A,arn");
        add(all, "NotPrincipal for Principal", "\"Principal\":\"*\"", "\"NotPrincipal\":\"*\"");
        add(all, "every AWS principal for everyone", "\"Principal\":\"*\"", "\"Principal\":{\"AWS\":\"*\"}");
        add(all, "nobody for everyone", "\"Principal\":\"*\"", "\"Principal\":{}");
        add(all, "no principal for everyone", "\"Principal\":\"*\",", "");
        add(all, "a root ARN of another account", "123456789012:root", "123456789013:root");
        add(all, "a user named root", "123456789012:root", "123456789012:user/root");
        add(all, "a role in another case", "role/App", "role/app");
        add(all, "the unique id of a role", "arn:aws:iam::210987654321:role/App", "AROAEXAMPLEEXAMPLEEXA");
        add(all, "a principal of another kind", "\"Service\":", "\"Federated\":");
        add(all, "another service", "ecs-tasks.amazonaws.com", "ecs.amazonaws.com");
        add(all, "a principal less", ",\"Service\":\"ecs-tasks.amazonaws.com\"", "");
        add(all, "another operator", "\"StringEquals\"", "\"StringLike\"");
        add(all, "an operator in another case", "\"StringEquals\"", "\"stringEquals\"");
        add(all, "an operator that ignores case", "\"StringEquals\"", "\"StringEqualsIgnoreCase\"");
        add(all, "an operator with IfExists", "\"Bool\"", "\"BoolIfExists\"");
        add(all, "an operator for all values", "\"StringEquals\"", "\"ForAllValues:StringEquals\"");
        add(all, "an operator for any value", "\"StringEquals\"", "\"ForAnyValue:StringEquals\"");
        add(all, "a negated ARN operator", "\"ArnLike\"", "\"ArnNotLike\"");
        add(all, "ARNs compared as text", "\"ArnLike\"", "\"StringLike\"");
        add(all, "another condition key", "aws:SourceAccount", "aws:SourceOrgID");
        add(all, "a condition value in another case", "\"Red\"", "\"red\"");
        add(all, "a condition value less", "[\"Red\",\"Blue\"]", "\"Red\"");
        add(all, "a condition value more", "[\"Red\",", "[\"Green\",\"Red\",");
        add(all, "a condition value with white space", "\"Red\"", "\" Red\"");
        add(all, "a number written otherwise", "\"3600\"", "3600.0");
        add(all, "another boolean", "\"true\"", "false");
        add(all, "a condition key less", "\"aws:SourceAccount\":\"123456789012\",", "");
        add(all, "an operator less", "\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},", "");
        add(
                all,
                "a condition key without values left out",
                ",\n   \"Condition\":{\"StringNotLike\":{\"aws:PrincipalArn\":[]}}",
                "");
        add(all, "a value where a condition key had none", "\"aws:PrincipalArn\":[]", "\"aws:PrincipalArn\":\"\"");
        all.add(Arguments.of("no condition", replaced(POLICY, ",\n   \"Condition\":" + firstCondition(), "")));
        all.add(Arguments.of("a condition in the other statement", swapConditions()));
        add(
                all,
                "one more ARN, which must match too",
                "\"Bool\":",
                "\"ArnEquals\":{\"aws:SourceArn\":\"arn:aws:ecs:*:*:*\"},\"Bool\":");
        add(
                all,
                "one more ARN, of which one must match",
                "\"arn:aws:ecs:us-east-1:123456789012:*\"",
                "[\"arn:aws:ecs:us-east-1:123456789012:*\",\"arn:aws:ecs:*:*:*\"]");
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spellings")
    void sameMeaning(String name, String spelling) {
        PolicyDocument other = PolicyDocument.parse(spelling);

        assertThat(other.canonical()).isEqualTo(DOCUMENT.canonical());
        assertThat(other.digest()).isEqualTo(DOCUMENT.digest());
        assertThat(other.isEquivalentTo(DOCUMENT)).isTrue();
        assertThat(DOCUMENT.isEquivalentTo(spelling)).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nearMisses")
    void otherMeaning(String name, String nearMiss) {
        PolicyDocument other = PolicyDocument.parse(nearMiss);

        assertThat(other.canonical()).isNotEqualTo(DOCUMENT.canonical());
        assertThat(other.digest()).isNotEqualTo(DOCUMENT.digest());
        assertThat(other.isEquivalentTo(DOCUMENT)).isFalse();
        assertThat(DOCUMENT.isEquivalentTo(nearMiss)).isFalse();
    }

    @Test
    void isTriedOnFortyOfEach() {
        assertThat(spellings()).hasSizeGreaterThanOrEqualTo(40);
        assertThat(nearMisses()).hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    void holdsForOneStatementAndAListOfIt() {
        assertThat(PolicyDocument.parse("{\"Statement\":{\"Effect\":\"Deny\"}}")
                        .isEquivalentTo("{\"Version\":\"2008-10-17\",\"Statement\":[{\"Effect\":\"Deny\"}]}"))
                .isTrue();
    }

    @Test
    void holdsForAnEmptyConditionAndNone() {
        assertThat(PolicyDocument.parse("{\"Statement\":{\"Effect\":\"Deny\",\"Condition\":{},\"Principal\":{}}}")
                        .isEquivalentTo("{\"Id\":\"\",\"Statement\":{\"Effect\":\"Deny\"}}"))
                .isTrue();
    }

    @Test
    void holdsForWhatIamMakesOfATrustPolicy() {
        assertThat(PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":{\"Action\":[\"sts:AssumeRole\"],"
                                + "\"Principal\":{\"AWS\":[\"123456789012\"]},\"Effect\":\"Allow\"}}")
                        .isEquivalentTo("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                                + "\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:root\"},"
                                + "\"Action\":\"sts:AssumeRole\"}]}"))
                .isTrue();
    }

    @Test
    void survivesReadingWritingAndRewriting() {
        long seed = System.nanoTime();
        System.out.println("PolicyEquivalenceTests, seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            RandomPolicy policy = RandomPolicy.of(random);
            String text = policy.write(new Random(0), false);
            PolicyDocument document = PolicyDocument.parse(text);
            PolicyDocument again = PolicyDocument.parse(document.json());
            assertThat(again.json()).as("seed %s", seed).isEqualTo(document.json());
            assertThat(again.canonical()).as("seed %s", seed).isEqualTo(document.canonical());

            String rewritten = policy.write(random, true);
            assertThat(document.isEquivalentTo(rewritten))
                    .as("seed %s: %s and %s", seed, text, rewritten)
                    .isTrue();

            RandomPolicy changed = policy.changed(random);
            assertThat(document.isEquivalentTo(changed.write(random, true)))
                    .as("seed %s: %s and %s", seed, text, changed)
                    .isFalse();
        }
    }

    private static void add(List<Arguments> all, String name, String part, String replacement) {
        all.add(Arguments.of(name, replaced(POLICY, part, replacement)));
    }

    private static String replaced(String text, String part, String replacement) {
        int at = text.indexOf(part);
        assertThat(at).as("%s stands in the policy", part).isNotNegative();
        return text.substring(0, at) + replacement + text.substring(at + part.length());
    }

    private static String firstStatement() {
        int start = POLICY.indexOf("{\"Sid\"");
        return POLICY.substring(start, POLICY.indexOf("},\n  {\"Effect\":\"Deny\"") + 1);
    }

    private static String secondStatement() {
        int start = POLICY.indexOf("{\"Effect\":\"Deny\"");
        return POLICY.substring(start, POLICY.lastIndexOf("]}"));
    }

    private static String firstCondition() {
        int start = POLICY.indexOf("{\n     \"StringEquals\"");
        return POLICY.substring(start, POLICY.indexOf("}},\n  {\"Effect\"") + 1);
    }

    private static String swapStatements() {
        return replaced(
                POLICY, firstStatement() + ",\n  " + secondStatement(), secondStatement() + "," + firstStatement());
    }

    private static String swapConditions() {
        String second = "{\"StringNotLike\":{\"aws:PrincipalArn\":[]}}";
        String without = replaced(POLICY, second, "@");
        return replaced(replaced(without, firstCondition(), second), "@", firstCondition());
    }
}
