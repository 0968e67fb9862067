package io.rolesmith.packaging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.xml.sax.SAXException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A file of the project, as it is committed.
 *
 * @param path relative to the project's root, where the build runs its tests
 */
record ProjectFile(String path) {

    private static final YAMLMapper YAML = new YAMLMapper();

    Path absolutePath() {
        return Path.of(path).toAbsolutePath();
    }

    String text() {
        try {
            return Files.readString(absolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode yaml() {
        return YAML.readTree(text());
    }

    /** The text of the first element at {@code xpath}, in a file without namespaces in use. */
    String xml(String xpath) {
        try {
            var document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(absolutePath().toFile());
            return XPathFactory.newInstance().newXPath().evaluate(xpath, document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SAXException | ParserConfigurationException | XPathExpressionException e) {
            throw new IllegalStateException(path, e);
        }
    }
}
