package io.rolesmith.policy;

/**
 * A policy document as it was handed in, before anything is known of it.
 *
 * @param text the document's text
 * @param pasted whether it came as text in a JSON string: then it may carry comments, and findings name line and
 *     column; otherwise it is a JSON object that was copied exactly
 */
public record PolicySource(String text, boolean pasted) {}
