package io.rolesmith.policy.catalogue;

import java.time.LocalDate;

/**
 * Where a part of the catalogue comes from.
 *
 * @param name the npm package that it was made of
 * @param version that package's version
 * @param date until when AWS was watched, the day of the newest record
 */
public record Source(String name, String version, LocalDate date) {}
