package io.rolesmith.account;

/**
 * A partition of AWS: its name in ARNs and the region that its IAM requests are signed for.
 *
 * @see <a href="https://docs.aws.amazon.com/general/latest/gr/iam-service.html">IAM endpoints</a>
 */
public enum Partition {
    AWS("aws", "us-east-1"),
    AWS_CN("aws-cn", "cn-north-1"),
    AWS_US_GOV("aws-us-gov", "us-gov-west-1"),
    AWS_EUSC("aws-eusc", "eusc-de-east-1");

    private final String id;
    private final String homeRegion;

    Partition(String id, String homeRegion) {
        this.id = id;
        this.homeRegion = homeRegion;
    }

    /** The second segment of its ARNs. */
    public String id() {
        return id;
    }

    /** The region in which its IAM lives; an account's default region. */
    public String homeRegion() {
        return homeRegion;
    }
}
