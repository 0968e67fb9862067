package io.rolesmith.packaging;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Dockerfile read into its instructions, and held against what our images promise.
 *
 * @param instructions in their order, without comments
 */
record Dockerfile(List<Instruction> instructions) {

    private static final Pattern NON_ROOT_BY_NUMBER = Pattern.compile("[1-9]\\d*:[1-9]\\d*");
    private static final Pattern FROM_STAGE = Pattern.compile("--from=(\\S+)");
    private static final List<String> LABELS = List.of("title", "description", "licenses", "version", "revision");

    /**
     * One instruction.
     *
     * @param keyword in upper case
     * @param arguments the rest, continued lines joined by a blank
     */
    record Instruction(String keyword, String arguments) {
        boolean isExecForm() {
            return arguments.startsWith("[\"") && arguments.endsWith("\"]");
        }
    }

    static Dockerfile parse(String text) {
        List<Instruction> instructions = new ArrayList<>();
        StringBuilder pending = new StringBuilder();
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.endsWith("\\")) {
                pending.append(line, 0, line.length() - 1);
                continue;
            }
            String[] parts = pending.append(line).toString().split("\\s+", 2);
            pending.setLength(0);
            instructions.add(new Instruction(parts[0].toUpperCase(Locale.ROOT), parts.length < 2 ? "" : parts[1]));
        }
        return new Dockerfile(List.copyOf(instructions));
    }

    /** What the image breaks of what it promises; empty when nothing. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        Set<String> stages = new HashSet<>();
        for (Instruction from : all(instructions, "FROM")) {
            String[] words = from.arguments().split("\\s+");
            if (!stages.contains(words[0])) {
                complaints.addAll(new ImageName(words[0]).complaints());
            }
            if (words.length == 3) {
                stages.add(words[2]);
            }
        }
        if (!all(instructions, "ADD").isEmpty()) {
            complaints.add("ADD fetches and unpacks by its own judgement: use COPY");
        }
        complaints.addAll(slips());
        List<Instruction> image = lastStage();
        if (!last(image, "USER")
                .map(u -> NON_ROOT_BY_NUMBER.matcher(u).matches())
                .orElse(false)) {
            complaints.add("The image does not run as a numbered user and group other than root");
        }
        if (all(image, "ENTRYPOINT").stream().noneMatch(Instruction::isExecForm)) {
            complaints.add("ENTRYPOINT is not in exec form: a shell would not pass SIGTERM on");
        }
        if (!last(image, "HEALTHCHECK").map(check -> check.contains("CMD [\"")).orElse(false)) {
            complaints.add("There is no HEALTHCHECK that works without a shell");
        }
        return complaints;
    }

    /** What hadolint would complain about, of what can happen in such files. */
    private List<String> slips() {
        List<String> slips = new ArrayList<>();
        Set<String> stages = new HashSet<>();
        for (Instruction instruction : instructions) {
            String arguments = instruction.arguments();
            switch (instruction.keyword()) {
                case "FROM" -> {
                    String[] words = arguments.split("\\s+");
                    if (words.length == 3 && !stages.add(words[2])) {
                        slips.add("There are two stages " + words[2]);
                    }
                }
                case "COPY" -> {
                    Matcher from = FROM_STAGE.matcher(arguments);
                    if (from.find() && !stages.contains(from.group(1))) {
                        slips.add("COPY from " + from.group(1) + ", which is no stage before it");
                    }
                    if (arguments.split("\\s+").length > 2 + (from.reset().find() ? 1 : 0)
                            && !arguments.endsWith("/")) {
                        slips.add("COPY of several files to what is no directory: " + arguments);
                    }
                }
                case "WORKDIR" -> {
                    if (!arguments.startsWith("/")) {
                        slips.add("WORKDIR " + arguments + " is relative");
                    }
                }
                case "RUN" -> {
                    if (Pattern.compile("\\b(sudo|cd)\\b").matcher(arguments).find()) {
                        slips.add("RUN with sudo or cd: use USER or WORKDIR");
                    }
                    if (arguments.contains("|")) {
                        slips.add("RUN with a pipe, which hides a failure");
                    }
                    if (arguments.matches(".*\\b(apt-get|apk|curl|wget)\\b.*")) {
                        slips.add("RUN fetches what is not pinned: " + arguments);
                    }
                }
                case "ENV", "ARG" -> {
                    if (arguments.matches("(?i).*(password|secret|token)[a-z_]*=.*")) {
                        slips.add(instruction.keyword() + " holds a secret, which stays in the image");
                    }
                }
                case "CMD", "ENTRYPOINT", "HEALTHCHECK", "USER", "LABEL", "EXPOSE", "VOLUME", "ADD" -> {}
                default -> slips.add(instruction.keyword() + " is not an instruction that is used here");
            }
        }
        for (String once : List.of("ENTRYPOINT", "CMD", "HEALTHCHECK")) {
            if (all(lastStage(), once).size() > 1) {
                slips.add("Only the last " + once + " counts");
            }
        }
        return slips;
    }

    /** The OCI labels that are missing, of those that a published image carries. */
    List<String> missingLabels() {
        String labels = last(lastStage(), "LABEL").orElse("");
        return LABELS.stream()
                .filter(label -> !labels.contains("org.opencontainers.image." + label + "="))
                .toList();
    }

    /** The arguments of the last instruction {@code keyword} in what becomes the image. */
    String get(String keyword) {
        return last(lastStage(), keyword).orElseThrow(() -> new AssertionError("no " + keyword));
    }

    private List<Instruction> lastStage() {
        int start = 0;
        for (int i = 0; i < instructions.size(); i++) {
            if (instructions.get(i).keyword().equals("FROM")) {
                start = i;
            }
        }
        return instructions.subList(start, instructions.size());
    }

    private static List<Instruction> all(List<Instruction> among, String keyword) {
        return among.stream().filter(i -> i.keyword().equals(keyword)).toList();
    }

    private static Optional<String> last(List<Instruction> among, String keyword) {
        return all(among, keyword).stream().reduce((a, b) -> b).map(Instruction::arguments);
    }
}
