package io.rolesmith.api.problem;

import io.swagger.v3.oas.annotations.Hidden;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** The pages that the types of problems point to. */
@Controller
@Hidden
class ProblemPageController {

    @GetMapping(path = "/problems", produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<String> index() {
        return page(
                "Problems",
                Arrays.stream(ProblemCode.values())
                        .map(code -> "<li><a href=\"/problems/%s\">%s</a> (%d): %s</li>"
                                .formatted(
                                        code.code(), code.code(), code.status().value(), code.title()))
                        .collect(Collectors.joining("\n", "<ul>\n", "\n</ul>")));
    }

    @GetMapping(path = "/problems/{code}", produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<String> page(@PathVariable String code) {
        ProblemCode problem = ProblemCode.find(code)
                .orElseThrow(() -> new NotFoundException("There is no problem of that code; /problems lists them"));
        return page(problem.code(), """
                <p>%s.</p>
                <dl>
                <dt>Status</dt><dd>%d</dd>
                <dt>Worth repeating unchanged</dt><dd>%s</dd>
                <dt>What to do</dt><dd>%s</dd>
                </dl>
                <p><a href="/problems">All problems</a></p>""".formatted(
                        problem.title(),
                        problem.status().value(),
                        problem.retryable() ? "yes, later" : "no",
                        problem.remedy()));
    }

    /** Every text in it is ours, so nothing needs to be escaped. */
    private static ResponseEntity<String> page(String title, String content) {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                .body("""
                        <!DOCTYPE html>
                        <html lang="en">
                        <head><title>%s - Rolesmith</title></head>
                        <body>
                        <h1>%s</h1>
                        %s
                        </body>
                        </html>
                        """.formatted(title, title, content));
    }
}
