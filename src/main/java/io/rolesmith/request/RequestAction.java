package io.rolesmith.request;

/** What a request asks for. */
public enum RequestAction {
    /** That roles be as the request says, made if they are not there. */
    PROVISION,
    /** That roles be gone, with all that hangs on them. */
    DELETE
}
