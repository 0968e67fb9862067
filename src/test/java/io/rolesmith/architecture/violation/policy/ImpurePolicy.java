package io.rolesmith.architecture.violation.policy;

import tools.jackson.databind.JsonNode;

/** Sees a tree model, and with it what loses digits. */
record ImpurePolicy(JsonNode tree) {}
