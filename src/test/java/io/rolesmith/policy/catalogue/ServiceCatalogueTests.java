package io.rolesmith.policy.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Wildcards;
import io.rolesmith.policy.catalogue.ConditionKey.ValueType;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceCatalogueTests {

    private final ServiceCatalogue catalogue = ServiceCatalogue.bundled();

    private final List<Action> all =
            catalogue.services().stream().flatMap(it -> it.actions().stream()).toList();

    // Lookup

    @Test
    void knowsAServiceByItsPrefix() {
        Service s3 = catalogue.service("s3").orElseThrow();

        assertThat(s3.prefix()).isEqualTo("s3");
        assertThat(s3.name()).isEqualTo("Amazon S3");
        assertThat(catalogue.service("S3")).contains(s3);
        assertThat(catalogue.service("s4")).isEmpty();
        assertThat(catalogue.service("")).isEmpty();
    }

    @Test
    void knowsWhatAnActionIsFor() {
        Action action = catalogue.action("s3:GetObject").orElseThrow();

        assertThat(action.id()).isEqualTo("s3:GetObject");
        assertThat(action.accessLevel()).isEqualTo(AccessLevel.READ);
        assertThat(action.resourceTypes())
                .extracting(ResourceType::name)
                .contains("object")
                .doesNotContain("bucket");
        assertThat(action.conditionKeys()).extracting(ConditionKey::name).contains("s3:ExistingObjectTag/${key}");
    }

    @Test
    void findsAnActionInAnyCase() {
        Action passRole = catalogue.action("IAM:passROLE").orElseThrow();

        assertThat(passRole.name()).isEqualTo("PassRole");
        assertThat(passRole.accessLevel()).isEqualTo(AccessLevel.WRITE);
        assertThat(catalogue.service("iam").orElseThrow().action("PASSROLE")).containsSame(passRole);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "*", "s3", "s3:", ":GetObject", "s3:GetObjet", "s3:Get*", "s4:GetObject", "s3:GetObject:"})
    void knowsNoOtherAction(String id) {
        assertThat(catalogue.action(id)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "s3:ListBucket, LIST",
        "s3:GetObject, READ",
        "s3:PutObject, WRITE",
        "iam:AttachRolePolicy, PERMISSIONS_MANAGEMENT",
        "iam:TagRole, TAGGING"
    })
    void sortsActionsByAccessLevel(String id, AccessLevel level) {
        assertThat(catalogue.action(id).orElseThrow().accessLevel()).isEqualTo(level);
    }

    @Test
    void saysHowAResourcesArnsLook() {
        ResourceType object =
                catalogue.service("s3").orElseThrow().resourceType("object").orElseThrow();

        assertThat(object.arns()).containsExactly("arn:${Partition}:s3:::${BucketName}/${ObjectName}");
        assertThat(object.arnPatterns()).containsExactly("arn:*:s3:::*/*");
        assertThat(catalogue.service("s3").orElseThrow().resourceType("Object")).isEmpty();
    }

    @Test
    void knowsEveryArnOfAResourceTypeThatHasSeveral() {
        assertThat(catalogue
                        .service("apigateway")
                        .orElseThrow()
                        .resourceType("Stages")
                        .orElseThrow()
                        .arnPatterns())
                .containsExactly("arn:*:apigateway:*::/apis/*/stages", "arn:*:apigateway:*::/restapis/*/stages");
    }

    @Test
    void knowsWhichConditionKeysAnActionTakes() {
        Action runInstances = catalogue.action("ec2:RunInstances").orElseThrow();

        assertThat(runInstances.conditionKey("EC2:instancetype"))
                .map(ConditionKey::name)
                .contains("ec2:InstanceType");
        assertThat(runInstances.conditionKey("aws:RequestTag/team")).isPresent();
        assertThat(runInstances.conditionKey("s3:prefix")).isEmpty();
        assertThat(catalogue.action("iam:PassRole").orElseThrow().conditionKey("iam:PassedToService"))
                .isPresent();
    }

    @Test
    void anActionTakesTheKeysOfItsResourceTypesToo() {
        Action passRole = catalogue.action("iam:PassRole").orElseThrow();

        assertThat(passRole.conditionKeys()).extracting(ConditionKey::name).doesNotContain("aws:ResourceTag/${TagKey}");
        assertThat(passRole.conditionKey("aws:ResourceTag/team")).isPresent();
    }

    // Condition keys

    @ParameterizedTest
    @CsvSource({
        "aws:PrincipalTag/x, aws:PrincipalTag/${TagKey}, STRING, false",
        "AWS:principaltag/x/y, aws:PrincipalTag/${TagKey}, STRING, false",
        "aws:TagKeys, aws:TagKeys, STRING, true",
        "aws:SourceIp, aws:SourceIp, IP_ADDRESS, false",
        "aws:principalarn, aws:PrincipalArn, ARN, false",
        "aws:MultiFactorAuthAge, aws:MultiFactorAuthAge, NUMERIC, false",
        "aws:SecureTransport, aws:SecureTransport, BOOL, false",
        "aws:CurrentTime, aws:CurrentTime, DATE, false"
    })
    void knowsTheConditionKeysOfEveryRequest(String name, String key, ValueType type, boolean multivalued) {
        assertThat(catalogue.globalConditionKey(name)).contains(new ConditionKey(key, type, multivalued));
        assertThat(catalogue.conditionKey(name)).contains(new ConditionKey(key, type, multivalued));
    }

    @ParameterizedTest
    @CsvSource({
        "s3:prefix, s3:prefix",
        "kms:EncryptionContext:tenant, kms:EncryptionContext:${EncryptionContextKey}",
        "codebuild:environment.environmentVariables/STAGE.value, codebuild:environment.environmentVariables/${name}.value",
        "events:Metadata/a, events:Metadata/${MetadataKey}",
        "events:Metadata/a/Matcher, events:Metadata/${MetadataKey}/Matcher",
        "saml:aud, saml:aud",
        "token.actions.githubusercontent.com:ref, token.actions.githubusercontent.com:ref",
        "token.actions.githubusercontent.com/my-org:ref, token.actions.githubusercontent.com/${SubPath}:ref",
        "idcs-1234.identity.oraclecloud.com:rpst_id, idcs-${OciUniqueIdentifier}.identity.oraclecloud.com:rpst_id"
    })
    void knowsTheConditionKeysOfServices(String name, String key) {
        assertThat(catalogue.conditionKey(name)).map(ConditionKey::name).contains(key);
        assertThat(catalogue.globalConditionKey(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "aws",
                "aws:",
                "aws:NoSuchKey",
                "aws:PrincipalTag",
                "aws:PrincipalTag/",
                "s3:Prefixes",
                "aws:ſourceIp",
                "codebuild:environment.environmentVariables/.value"
            })
    void knowsNoOtherConditionKey(String name) {
        assertThat(catalogue.conditionKey(name)).isEmpty();
        assertThat(catalogue.globalConditionKey(name)).isEmpty();
    }

    @Test
    void findsEachOfItsConditionKeysByTheirNames() {
        for (Service service : catalogue.services()) {
            for (ConditionKey key : service.conditionKeys()) {
                String chosen = key.name().replaceAll("\\$\\{\\w+}", "any-thing");

                // Services do not always agree on the case of a key that is another one's.
                assertThat(catalogue.conditionKey(chosen))
                        .as(chosen)
                        .hasValueSatisfying(found -> assertThat(found.name()).isEqualToIgnoringCase(key.name()));
            }
        }
    }

    // Patterns

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "*:*",
                "s3:*",
                "S3:gEt*",
                "s3:Get?bject",
                "s3:GetObject",
                "i*:PassRole",
                "*:*Tag*",
                "?ns:P*",
                "*Role",
                "s3*",
                "s3**",
                "**:**a**",
                "s3:**get***object**",
                "s4:*",
                "s3:",
                "s3:Zz*",
                "*:",
                ":*",
                "s3:Get*:x",
                "",
                "iam",
                "i?m:*r*o*l*e*"
            })
    void coversWhatThePatternMatches(String pattern) {
        List<String> expected = all.stream()
                .map(Action::id)
                .filter(id -> Wildcards.matches(Ascii.lower(pattern), Ascii.lower(id)))
                .toList();

        assertThat(catalogue.actions(pattern)).extracting(Action::id).isEqualTo(expected);
    }

    @Test
    void coversTheActionsThatPeopleExpect() {
        assertThat(catalogue.actions("s3:GetObjectTag*")).extracting(Action::id).containsExactly("s3:GetObjectTagging");
        assertThat(catalogue.actions("i*:passr*")).extracting(Action::id).containsExactly("iam:PassRole");
        assertThat(catalogue.actions("*")).hasSize(22_091);
        assertThat(catalogue.service("iam").orElseThrow().actions("*RolePolicy"))
                .extracting(Action::name)
                .containsExactly(
                        "AttachRolePolicy",
                        "DeleteRolePolicy",
                        "DetachRolePolicy",
                        "GetRolePolicy",
                        "PutRolePolicy",
                        "UpdateAssumeRolePolicy");
    }

    @Test
    void answersRandomPatternsAsAPlainSearchDoes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            StringBuilder pattern = new StringBuilder(
                    Ascii.lower(all.get(random.nextInt(all.size())).id()));
            for (int cuts = random.nextInt(3); cuts >= 0; cuts--) {
                int from = random.nextInt(pattern.length());
                int to = Math.min(pattern.length(), from + random.nextInt(12));
                pattern.replace(from, to, random.nextInt(4) == 0 ? "?" : "*");
            }
            List<String> expected = all.stream()
                    .map(Action::id)
                    .filter(id -> Wildcards.matches(pattern.toString(), Ascii.lower(id)))
                    .toList();

            assertThat(catalogue.actions(pattern.toString()))
                    .as("%s of seed %d", pattern, seed)
                    .extracting(Action::id)
                    .isEqualTo(expected);
        }
    }

    // Suggestions

    @ParameterizedTest
    @CsvSource({
        "s4, s3",
        "e2c, ec2",
        "dynamodbb, dynamodb",
        "lamda, lambda",
        "eventbridge, events",
        "StepFunctions, states",
        "elastic-load-balancing, elasticloadbalancing"
    })
    void suggestsTheNearestService(String prefix, String meant) {
        assertThat(catalogue.closestService(prefix)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({
        "s3:GetObjet, s3:GetObject",
        "s3:GetObejct, s3:GetObject",
        "s3:getobjects, s3:GetObject",
        "s4:GetObject, s3:GetObject",
        "s4:GetObjet, s3:GetObject",
        "s4:Get*, s3:Get*",
        "ec2:DescribeInstance, ec2:DescribeInstances",
        "s3:ListObjects, s3:ListBucket",
        "lambda:Invoke, lambda:InvokeFunction",
        "cloudwatch:PutLogEvents, logs:PutLogEvents",
        "PassRole, iam:PassRole"
    })
    void suggestsTheNearestAction(String id, String meant) {
        assertThat(catalogue.closestAction(id)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({
        "aws:PrincipleArn, aws:PrincipalArn",
        "aws:PrincipleTag/team, aws:PrincipalTag/team",
        "aws:PrincipalTag, aws:PrincipalTag/${TagKey}",
        "aws:PrincipalTag/, aws:PrincipalTag/${TagKey}",
        "PrincipalOrgID, aws:PrincipalOrgID",
        "s3:SourceVpc, aws:SourceVpc",
        "ec2:RequestTag/team, aws:RequestTag/team",
        "iam:PassedToServices, iam:PassedToService",
        "sts:ExternalID2, sts:ExternalId"
    })
    void suggestsTheNearestConditionKey(String name, String meant) {
        assertThat(catalogue.closestConditionKey(name)).contains(meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "*",
                "x",
                "nothing-like-any-service",
                "nothinglike:AnyAction",
                "zz:*",
                "token.actions.githubusercontent.com:zzz"
            })
    void suggestsNothingForWhatIsNearNothing(String text) {
        assertThat(catalogue.closestService(text)).isEmpty();
        assertThat(catalogue.closestAction(text)).isEmpty();
        assertThat(catalogue.closestConditionKey(text)).isEmpty();
    }

    @Test
    void hostileTextCostsNextToNothing() {
        List<String> hostile = Stream.of("a", "*a", "*", "?", "*?", "/", ":", ".", "ec2:a", "${", "aws:")
                .map(text -> text.repeat(131_072 / text.length()))
                .flatMap(text -> Stream.of(
                        text, "ec2:" + text, "aws:PrincipalTag/" + text, "*:" + text, text + ":a", "a" + text))
                .toList();

        for (String text : hostile) {
            Duration fastest = IntStream.range(0, 3)
                    .mapToObj(_ -> timeOfAllLookups(text))
                    .min(Comparator.naturalOrder())
                    .orElseThrow();

            assertThat(fastest).as(text.substring(0, 20)).isLessThan(Duration.ofMillis(500));
        }
    }

    private Duration timeOfAllLookups(String text) {
        // Not the clock's time: other processes take their share of that.
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertThat(catalogue.service(text)).isEmpty();
        assertThat(catalogue.action(text)).isEmpty();
        catalogue.actions(text).forEach(_ -> {});
        catalogue.conditionKey(text);
        catalogue.closestService(text);
        catalogue.closestAction(text);
        catalogue.closestConditionKey(text);
        return Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before);
    }
}
