package io.rolesmith.watching;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A collector of traces that is spoken to by OTLP over HTTP, and keeps what it gets. */
record TestCollector(HttpServer server, Queue<TestCollector.Seen> spans) implements AutoCloseable {

    /** A span as it came over the wire. */
    record Seen(String replica, String trace, String id, String parent, String name, Map<String, String> attributes) {

        private static Seen of(ResourceSpans resource, Span span) {
            return new Seen(
                    texts(resource.getResource().getAttributesList()).getOrDefault("service.instance.id", ""),
                    hex(span.getTraceId()),
                    hex(span.getSpanId()),
                    hex(span.getParentSpanId()),
                    span.getName(),
                    texts(span.getAttributesList()));
        }

        private static String hex(ByteString bytes) {
            return HexFormat.of().formatHex(bytes.toByteArray());
        }

        private static Map<String, String> texts(Collection<KeyValue> attributes) {
            return attributes.stream()
                    .collect(Collectors.toMap(
                            KeyValue::getKey, attribute -> attribute.getValue().getStringValue()));
        }
    }

    static TestCollector start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            TestCollector collector = new TestCollector(server, new ConcurrentLinkedQueue<>());
            server.createContext("/v1/traces", collector::take);
            server.start();
            return collector;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            ExportTraceServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes())
                    .getResourceSpansList()
                    .forEach(resource -> resource.getScopeSpansList().stream()
                            .flatMap(scope -> scope.getSpansList().stream())
                            .forEach(span -> spans.add(Seen.of(resource, span))));
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    Stream<Seen> named(String name) {
        return spans.stream().filter(span -> span.name().equals(name));
    }

    List<Seen> of(String trace) {
        return spans.stream().filter(span -> span.trace().equals(trace)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
