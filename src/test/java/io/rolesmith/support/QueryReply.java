package io.rolesmith.support;

import java.util.UUID;

/** An answer in the query protocol that IAM and STS speak. */
public record QueryReply(int status, String xml) {

    static QueryReply result(String action, String result) {
        return new QueryReply(
                200,
                "<%1$sResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><%1$sResult>%2$s</%1$sResult><ResponseMetadata><RequestId>%3$s</RequestId></ResponseMetadata></%1$sResponse>"
                        .formatted(action, result, UUID.randomUUID()));
    }

    static QueryReply error(int status, String code, String message) {
        return new QueryReply(
                status,
                "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>"
                        .formatted(code, escaped(message), UUID.randomUUID()));
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** Under which AWS knows the call. */
    public String requestId() {
        String tag = "<RequestId>";
        int begin = xml.indexOf(tag) + tag.length();
        return xml.substring(begin, xml.indexOf('<', begin));
    }

    public boolean succeeded() {
        return status < 300;
    }
}
