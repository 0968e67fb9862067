package io.rolesmith.support;

import io.rolesmith.role.RoleState;
import java.io.IOException;
import java.io.StringReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Reads roles from a backend's answers, and shares no code with the gateways. */
public final class ObservedRole {

    private static final DocumentBuilderFactory XML = DocumentBuilderFactory.newDefaultInstance();

    private ObservedRole() {}

    /** The role with its instance profiles; empty if the backend has none of that name. */
    public static Optional<RoleState> of(IamBackend iam, String name) {
        QueryReply answer = ask(iam, "GetRole", Map.of("RoleName", name));
        if (!answer.succeeded()) {
            return Optional.empty();
        }
        Document role = parsed(answer);
        SequencedMap<String, String> inline = new LinkedHashMap<>();
        for (String policy : texts(list(iam, "ListRolePolicies", name), "member")) {
            Document there = parsed(ask(iam, "GetRolePolicy", Map.of("RoleName", name, "PolicyName", policy)));
            inline.put(policy, decoded(only(there, "PolicyDocument")));
        }
        Map<String, String> tags = new LinkedHashMap<>();
        List<String> keys = texts(role, "Key");
        List<String> values = texts(role, "Value");
        for (int i = 0; i < keys.size(); i++) {
            tags.put(keys.get(i), values.get(i));
        }
        return Optional.of(new RoleState(
                only(role, "RoleId"),
                only(role, "Arn"),
                only(role, "RoleName"),
                only(role, "Path"),
                only(role, "Description"),
                decoded(only(role, "AssumeRolePolicyDocument")),
                Integer.parseInt(only(role, "MaxSessionDuration")),
                texts(role, "PermissionsBoundaryArn").stream().findFirst().orElse(null),
                tags,
                new LinkedHashSet<>(texts(list(iam, "ListAttachedRolePolicies", name), "PolicyArn")),
                inline,
                new LinkedHashSet<>(texts(list(iam, "ListInstanceProfilesForRole", name), "InstanceProfileName")),
                false));
    }

    private static Document list(IamBackend iam, String action, String role) {
        return parsed(ask(iam, action, Map.of("RoleName", role)));
    }

    private static QueryReply ask(IamBackend iam, String action, Map<String, String> members) {
        return iam.answer(QueryForm.of(action, members));
    }

    private static Document parsed(QueryReply answer) {
        try {
            return XML.newDocumentBuilder().parse(new InputSource(new StringReader(answer.xml())));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new IllegalStateException(answer.xml(), e);
        }
    }

    private static String only(Document answer, String element) {
        List<String> texts = texts(answer, element);
        if (texts.size() != 1) {
            throw new IllegalStateException(texts.size() + " elements " + element);
        }
        return texts.getFirst();
    }

    /** Of the elements so named that hold nothing but text. */
    private static List<String> texts(Document answer, String element) {
        List<String> texts = new ArrayList<>();
        NodeList found = answer.getElementsByTagName(element);
        for (int i = 0; i < found.getLength(); i++) {
            if (((Element) found.item(i)).getElementsByTagName("*").getLength() == 0) {
                texts.add(found.item(i).getTextContent());
            }
        }
        return texts;
    }

    private static String decoded(String document) {
        return URLDecoder.decode(document, StandardCharsets.UTF_8);
    }
}
