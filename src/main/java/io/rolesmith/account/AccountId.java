package io.rolesmith.account;

/** The twelve digits that name an AWS account. */
public record AccountId(String value) {

    public AccountId {
        if (value.length() != 12 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("An AWS account id has twelve digits, got '" + value
                    + "' (quote it in YAML: unquoted, a leading zero makes it an octal number)");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
