package io.rolesmith.blueprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rolesmith.policy.catalogue.ManagedPolicies;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What a catalogue is refused for: one deviation from a good one in each test. */
class CatalogueTests {

    private static final String PART = """
            id: part
            title: Part
            description: For the tests.
            trustedEntity: ec2.amazonaws.com
            useCase: EC2
            parameters:
              roleName: {$use: name}
              secrets: {type: array, items: {type: string}}
              note: {type: string, maxLength: 20, default: none}
            required: [roleName]
            roles:
              - name: ${param.roleName}
                description: ${param.note}
                trustPolicy:
                  Version: '2012-10-17'
                  Statement:
                    - Effect: Allow
                      Principal: {Service: ec2.amazonaws.com}
                      Action: sts:AssumeRole
                inlinePolicies:
                  - name: secrets
                    document:
                      Version: '2012-10-17'
                      Statement:
                        - $when: secrets
                          Effect: Allow
                          Action: secretsmanager:GetSecretValue
                          Resource: ${param.secrets}
            example:
              roleName: sample
              secrets: ['*']
            """;
    private static final String WHOLE = """
            id: whole
            title: Whole
            description: For the tests.
            trustedEntity: ec2.amazonaws.com
            useCase: EC2
            compose:
              - blueprint: part
                rename: {roleName: firstName, secrets: firstSecrets}
              - blueprint: part
                rename: {roleName: secondName, secrets: secondSecrets}
            parameters:
              firstName: {description: The first one.}
            example:
              firstName: one
              secondName: two
            """;
    private static final String DEFINITIONS = """
            definitions:
              name: {type: string, maxLength: 64}
            """;

    @Test
    void theGoodOneIsGood() {
        Blueprints blueprints =
                new Blueprints(ManagedPolicies.bundled(), SampleCheck.CHECK, files(PART, WHOLE, DEFINITIONS));

        Blueprint whole = blueprints.find("whole").orElseThrow();
        assertThat(whole.parametersSchema()).isEqualTo(JsonMapper.shared().readTree("""
                {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Whole", "type": "object",
                 "properties": {
                   "firstName": {"type": "string", "maxLength": 64, "description": "The first one."},
                   "firstSecrets": {"type": "array", "items": {"type": "string"}},
                   "note": {"type": "string", "maxLength": 20, "default": "none"},
                   "secondName": {"type": "string", "maxLength": 64},
                   "secondSecrets": {"type": "array", "items": {"type": "string"}}},
                 "required": ["firstName", "secondName"], "additionalProperties": false}
                """));
        var roles = blueprints.roles(whole, JsonMapper.shared().readTree("""
                        {"firstName": "a", "secondName": "b", "note": "both", "secondSecrets": ["arn:aws:s3:::x"]}
                        """)).roles();
        assertThat(roles).extracting("name").containsExactly("a", "b");
        assertThat(roles).extracting("description").containsExactly("both", "both");
        assertThat(roles.getFirst().inlinePolicies()).isEmpty();
        assertThat(roles.getLast().inlinePolicies()).containsOnlyKeys("secrets");
    }

    @Test
    void refusesWhatIsNotYaml() {
        part("title: Part", "title: [Part").isRefusedFor("part.yaml line 3: ");
    }

    @Test
    void refusesAKeyGivenTwice() {
        part("title: Part", "title: Part\ntitle: Part").isRefusedFor("part.yaml line 3: Duplicate");
    }

    @Test
    void refusesWhatIsNoMapping() {
        refused("- part\n", WHOLE, DEFINITIONS, "part.yaml /: must be a mapping");
    }

    @Test
    void refusesAMemberThatItDoesNotKnow() {
        part("useCase: EC2", "useCase: EC2\nusecase: EC2").isRefusedFor("part.yaml /usecase: there is no such member");
    }

    @Test
    void refusesABlueprintWithoutATitle() {
        part("title: Part\n", "").isRefusedFor("part.yaml /title: must be a text");
    }

    @Test
    void refusesAnIdThatIsNotTheFilesName() {
        part("id: part", "id: port")
                .isRefusedFor("part.yaml /id: must be the file's name without .yaml, of lower-case words joined by -");
    }

    @Test
    void refusesATemplateThatNamesAnUndeclaredParameter() {
        part("${param.note}", "for ${param.purpose}")
                .isRefusedFor("part.yaml /roles/0/description: there is no parameter 'purpose'");
    }

    @Test
    void refusesAConditionOnAnUndeclaredParameter() {
        part("$when: secrets", "$when: secret")
                .isRefusedFor("part.yaml /roles/0/inlinePolicies/0/document/Statement/0/$when: there is no parameter"
                        + " \"secret\"");
    }

    @Test
    void refusesASpliceOfAnUndeclaredParameter() {
        part("- $when: secrets", "- $splice: statements\n            - $when: secrets")
                .isRefusedFor("part.yaml /roles/0/inlinePolicies/0/document/Statement/0/$splice: there is no parameter"
                        + " \"statements\"");
    }

    @Test
    void refusesASpliceOfWhatIsNoArray() {
        part("- $when: secrets", "- $splice: note\n            - $when: secrets")
                .isRefusedFor("part.yaml /roles/0/inlinePolicies/0/document/Statement/0/$splice: the parameter 'note'"
                        + " is no array");
    }

    @Test
    void refusesASpliceWithSomethingBesideIt() {
        part("- $when: secrets", "- $splice: secrets")
                .isRefusedFor(
                        "part.yaml /roles/0/inlinePolicies/0/document/Statement/0/$splice: $splice stands alone in"
                                + " an element of a list");
    }

    @Test
    void refusesADirectiveThatItDoesNotKnow() {
        part("$when: secrets", "$if: secrets")
                .isRefusedFor("part.yaml /roles/0/inlinePolicies/0/document/Statement/0/$if: templates know $when,"
                        + " $value and $splice only");
    }

    @Test
    void refusesAnOptionalParameterUsedWithoutCare() {
        part("- $when: secrets\n              Effect", "- Effect")
                .isRefusedFor("part.yaml /roles/0/inlinePolicies/0/document/Statement/0/Resource: the parameter"
                        + " 'secrets' may be absent here: write ${param.secrets?}, or $when: secrets around it");
    }

    @Test
    void refusesAnArrayWithinAString() {
        part("Resource: ${param.secrets}", "Resource: arn:${param.secrets}")
                .isRefusedFor("part.yaml /roles/0/inlinePolicies/0/document/Statement/0/Resource: the parameter"
                        + " 'secrets' is no string, and can only be a whole value");
    }

    @Test
    void refusesAQuestionMarkWithinAString() {
        part("${param.note}", "for ${param.note?}")
                .isRefusedFor("part.yaml /roles/0/description: ${param.note?} must be the whole value");
    }

    @Test
    void refusesAMisspelledReference() {
        part("${param.note}", "${params.note} ${param.note}")
                .isRefusedFor("part.yaml /roles/0/description: '${params.note}' is neither a parameter nor a variable");
        part("${param.note}", "${param.note} ${param.no-te}")
                .isRefusedFor("part.yaml /roles/0/description: '${param.no-te}' is neither a parameter nor a variable");
        part("${param.note}", "${param.note} ${param.note")
                .isRefusedFor("part.yaml /roles/0/description: '${param.note' is neither a parameter nor a variable");
    }

    @Test
    void refusesAParameterInAKey() {
        part("description: ${param.note}", "description: ${param.note}\n    tags: {'${param.note}': x}")
                .isRefusedFor("part.yaml /roles/0/tags/${param.note}: a key takes no parameter");
    }

    @Test
    void refusesAParameterThatNothingUses() {
        part("description: ${param.note}", "description: fixed")
                .isRefusedFor("part.yaml /parameters/note: no role uses this parameter");
    }

    @Test
    void refusesAMemberThatNoRoleHas() {
        part("description: ${param.note}", "describtion: ${param.note}")
                .isRefusedFor("part.yaml /roles/0/describtion: a role has no such member");
    }

    @Test
    void refusesARoleWithoutTrustPolicy() {
        part("trustPolicy:", "tags:").isRefusedFor("part.yaml /roles/0: a role needs the member trustPolicy");
    }

    @Test
    void refusesWhatIsNoSchema() {
        part("maxLength: 20", "maxLength: twenty")
                .isRefusedFor("part.yaml parameters, as a schema, /properties/note/maxLength: ");
    }

    @Test
    void refusesAKeywordThatNoSchemaKnows() {
        part("maxLength: 20", "maxLenght: 20").isRefusedFor("part.yaml parameters, as a schema, /: ");
    }

    @Test
    void refusesAPatternThatDoesNotCompile() {
        part("maxLength: 20", "pattern: '['").isRefusedFor("part.yaml parameters, as a schema, /: ");
    }

    @Test
    void refusesAReferenceOutOfTheSchema() {
        part("{type: string, maxLength: 20, default: none}", "{$ref: 'https://example.com/note.json'}")
                .isRefusedFor("part.yaml parameters, as a schema, /properties/note/$ref: a schema here stands alone,"
                        + " without $ref");
    }

    @Test
    void refusesAnObjectThatLetsUnknownMembersIn() {
        part("{type: string, maxLength: 20, default: none}", "{type: object, properties: {a: {type: string}}}")
                .isRefusedFor("part.yaml parameters, as a schema, /properties/note: an object with properties must say"
                        + " additionalProperties: false");
        part(
                        "{type: string, maxLength: 20, default: none}",
                        "{type: object, properties: {a: {type: string}}, additionalProperties: true}")
                .isRefusedFor("part.yaml parameters, as a schema, /properties/note: an object with properties must say"
                        + " additionalProperties: false");
    }

    @Test
    void refusesADefinitionThatIsNotThere() {
        part("$use: name", "$use: names")
                .isRefusedFor("part.yaml /parameters/roleName/$use: there is no definition 'names'");
    }

    @Test
    void refusesADefinitionThatUsesItself() {
        refused(
                PART,
                WHOLE,
                "definitions: {name: {$use: other}, other: {$use: name}}",
                "part.yaml /parameters/roleName/$use: in a circle, 'name'");
    }

    @Test
    void refusesARequiredParameterThatIsNotDeclared() {
        part("required: [roleName]", "required: [roleName, path]")
                .isRefusedFor("part.yaml /required: there is no parameter 'path'");
    }

    @Test
    void refusesARequiredParameterWithADefault() {
        part("required: [roleName]", "required: [roleName, note]")
                .isRefusedFor("part.yaml /parameters/note: a required parameter has no default");
    }

    @Test
    void refusesADefaultThatTheSchemaRefuses() {
        part("default: none", "default: nothing that would fit in here")
                .isRefusedFor("part.yaml /example, reduced to what is required and with the defaults, /note: 'note' has"
                        + " 30 characters; it must have at most 20.");
    }

    @Test
    void refusesAnExampleThatTheSchemaRefuses() {
        part("secrets: ['*']", "secrets: '*'")
                .isRefusedFor("part.yaml /example /secrets: 'secrets' is \"*\"; it must be an array.");
    }

    @Test
    void refusesAnExampleWhoseRoleIamWouldRefuse() {
        part("Action: secretsmanager:GetSecretValue", "Action: GetSecretValue")
                .isRefusedFor("part.yaml /example makes the role 'sample' with"
                        + " /inlinePolicies/secrets/Statement/0/Action: ");
        part("roleName: sample", "roleName: sample role")
                .isRefusedFor("part.yaml /example, reduced to what is required and with the defaults, makes the role"
                        + " 'sample role' with /name: ");
    }

    @Test
    void refusesAPartThatIsNotThere() {
        whole("blueprint: part", "blueprint: port")
                .isRefusedFor("whole.yaml /compose/0/blueprint: there is no blueprint 'port' of roles of its own");
    }

    @Test
    void refusesToRenameWhatIsNotThere() {
        whole("roleName: firstName", "role: firstName")
                .isRefusedFor("whole.yaml /compose/0/rename/role: 'part' has no such parameter");
    }

    @Test
    void refusesTwoParametersOfOneName() {
        whole("secrets: firstSecrets", "secrets: firstName")
                .isRefusedFor("whole.yaml /compose/0: two parameters of 'part' would be called 'firstName'");
        whole("secrets: secondSecrets", "secrets: note, note: secondNote")
                .isRefusedFor("whole.yaml /compose/1: the parameter 'note' of 'part' is another than the one above;"
                        + " rename one of them");
    }

    @Test
    void refusesToChangeAParameterThatNoPartHas() {
        whole("firstName: {description", "roleName: {description")
                .isRefusedFor("whole.yaml /parameters/roleName: no blueprint above has such a parameter");
    }

    @Test
    void refusesAnExpectationThatDoesNotHold() {
        part("example:", """
                    expect:
                      - action: s3:GetObject
                        resource: arn:aws:s3:::bucket/key
                        decision: allowed
                example:""")
                .isRefusedFor(
                        "part.yaml /example, reduced to what is required"
                                + " and with the defaults, makes the role 'sample' with /expect/0: s3:GetObject on"
                                + " 'arn:aws:s3:::bucket/key' by the role 'sample' is expected to be allowed and is denied implicitly");
    }

    @Test
    void refusesAnExpectationThatDoesNotHoldForTheWholeExample() {
        part("example:", """
                    expect:
                      - $when: secrets
                        action: secretsmanager:GetSecretValue
                        resource: arn:aws:secretsmanager:eu-west-1:123456789012:secret:a
                        decision: implicitDeny
                example:""")
                .isRefusedFor(
                        "part.yaml /example makes the role 'sample' with /expect/0:"
                                + " secretsmanager:GetSecretValue on 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:a' by the role"
                                + " 'sample' is expected to be denied implicitly and is allowed: Allowed by /Statement/0 of 'secrets'.");
    }

    @Test
    void refusesAnExpectationThatCannotBeRead() {
        part("example:", """
                    expect:
                      - action: s3:*
                        resource: '*'
                        decision: allowed
                example:""")
                .isRefusedFor("part.yaml /example, reduced to what is required and with the defaults, makes the"
                        + " role 'sample' with /expect/0/action: 's3:*' does not name one action");
    }

    @Test
    void refusesAnEmptyCatalogue() {
        assertThatThrownBy(() -> new Blueprints(ManagedPolicies.bundled(), SampleCheck.CHECK, new LinkedHashMap<>()))
                .isInstanceOf(InvalidCatalogueException.class)
                .hasMessage("The catalogue of blueprints is not valid:\n  there is no blueprint in it");
    }

    private record Deviation(String part, String whole) {

        void isRefusedFor(String problem) {
            refused(part, whole, DEFINITIONS, problem);
        }
    }

    private static Deviation part(String good, String bad) {
        // The other file builds on this one, and would add a problem of its own.
        return new Deviation(replaced(PART, good, bad), "");
    }

    private static Deviation whole(String good, String bad) {
        return new Deviation(PART, replaced(WHOLE, good, bad));
    }

    private static String replaced(String text, String good, String bad) {
        assertThat(text).contains(good);
        return text.replaceFirst(Pattern.quote(good), Matcher.quoteReplacement(bad));
    }

    private static void refused(String part, String whole, String definitions, String problem) {
        assertThatThrownBy(() ->
                        new Blueprints(ManagedPolicies.bundled(), SampleCheck.CHECK, files(part, whole, definitions)))
                .isInstanceOf(InvalidCatalogueException.class)
                .satisfies(e -> {
                    List<String> lines = String.valueOf(e.getMessage()).lines().toList();
                    assertThat(lines.getFirst()).isEqualTo("The catalogue of blueprints is not valid:");
                    assertThat(lines.get(1)).startsWith("  " + problem);
                });
    }

    private static SequencedMap<String, String> files(String part, String whole, String definitions) {
        SequencedMap<String, String> files = new LinkedHashMap<>();
        files.put("_shared.yaml", definitions);
        files.put("part.yaml", part);
        if (!whole.isEmpty()) {
            files.put("whole.yaml", whole);
        }
        return files;
    }
}
