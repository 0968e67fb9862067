package io.rolesmith.benchmark;

/** Policies as teams write them, of a given size. */
final class Documents {

    private Documents() {}

    /** A policy of five kinds of statement in turn, until it has at least {@code characters}. */
    static String identityPolicy(int characters) {
        StringBuilder text = new StringBuilder("{\"Version\":\"2012-10-17\",\"Statement\":[");
        for (int i = 0; text.length() < characters - 2; i++) {
            text.append(i == 0 ? "" : ",").append(statement(i));
        }
        return text.append("]}").toString();
    }

    private static String statement(int i) {
        return switch (i % 5) {
            case 0 ->
                "{\"Sid\":\"Read%1$d\",\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:GetObjectVersion\",\"s3:ListBucket\"],\"Resource\":[\"arn:aws:s3:::retail-store-%1$d\",\"arn:aws:s3:::retail-store-%1$d/*\"]}"
                        .formatted(i);
            case 1 ->
                "{\"Effect\":\"Allow\",\"Action\":[\"sqs:ReceiveMessage\",\"sqs:DeleteMessage\",\"sqs:GetQueueAttributes\"],\"Resource\":\"arn:aws:sqs:us-east-1:123456789012:retail-%d-*\"}"
                        .formatted(i);
            case 2 ->
                "{\"Effect\":\"Allow\",\"Action\":\"dynamodb:*Item\",\"Resource\":\"arn:aws:dynamodb:us-east-1:123456789012:table/carts-%d\",\"Condition\":{\"ForAllValues:StringEquals\":{\"dynamodb:LeadingKeys\":[\"${aws:PrincipalTag/tenant}\"]},\"Null\":{\"dynamodb:LeadingKeys\":\"false\"}}}"
                        .formatted(i);
            case 3 ->
                "{\"Effect\":\"Allow\",\"Action\":[\"kms:Decrypt\",\"kms:GenerateDataKey\"],\"Resource\":\"arn:aws:kms:us-east-1:123456789012:key/%08d-1234-1234-1234-123456789012\",\"Condition\":{\"StringLike\":{\"kms:ViaService\":\"s3.*.amazonaws.com\"}}}"
                        .formatted(i);
            default ->
                "{\"Sid\":\"Guard%d\",\"Effect\":\"Deny\",\"Action\":\"s3:DeleteObject*\",\"Resource\":\"*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"false\"},\"StringNotEquals\":{\"aws:PrincipalTag/job\":\"cleanup\"}}}"
                        .formatted(i);
        };
    }

    /** The same policy with its actions in other letters. */
    static String respelled(String text) {
        return text.replace("s3:GetObject\"", "s3:getobject\"").replace("kms:Decrypt", "KMS:Decrypt");
    }
}
