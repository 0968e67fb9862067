package io.rolesmith.audit;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** Key pairs as PEM texts. */
record TestKey(String privatePem, String publicPem) {

    /** The first test vector of RFC 8032, section 7.1, so that signatures can be pinned. */
    static final TestKey RFC_8032 = new TestKey(
            pem(
                    "PRIVATE",
                    HexFormat.of()
                            .parseHex(
                                    "302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")),
            pem(
                    "PUBLIC",
                    HexFormat.of()
                            .parseHex(
                                    "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")));

    static TestKey random(String algorithm) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
            return new TestKey(
                    pem("PRIVATE", pair.getPrivate().getEncoded()),
                    pem("PUBLIC", pair.getPublic().getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String pem(String kind, byte[] encoded) {
        return "-----BEGIN " + kind + " KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END " + kind + " KEY-----\n";
    }
}
