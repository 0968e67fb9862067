package io.rolesmith.policy.check;

import io.rolesmith.policy.catalogue.ResourceType;
import io.rolesmith.policy.catalogue.Service;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How the ARNs of each resource type look, taken apart once for each service since every check needs them. */
final class ResourceShapes {

    private static final Shape NONE = new Shape(List.of(), false);

    /** By the service's prefix, of which there are only so many; then by identity, since types hold much. */
    private final Map<String, Map<ResourceType, Shape>> services = new ConcurrentHashMap<>();

    /**
     * @param arns the ARNs of the type with their variables opened
     * @param bucket whether the type is that of S3's buckets, whose names hold no slash: the one with a slash is an object
     */
    private record Shape(List<ArnPattern> arns, boolean bucket) {

        static Shape of(ResourceType type) {
            List<ArnPattern> arns = new ArrayList<>(type.arnPatterns().size());
            for (String pattern : type.arnPatterns()) {
                ArnPattern.of(pattern).ifPresent(arns::add);
            }
            boolean bucket = type.arns().stream().allMatch(arn -> arn.endsWith(":s3:::${BucketName}"));
            return new Shape(List.copyOf(arns), bucket);
        }
    }

    /** Whether an action of the service for these types can be about some resource that {@code resource} names. */
    boolean fit(Service service, List<ResourceType> types, ArnPattern resource) {
        Map<ResourceType, Shape> shapes = services.get(service.prefix());
        if (shapes == null) {
            shapes = shapesOf(service);
            services.put(service.prefix(), shapes);
        }
        for (ResourceType type : types) {
            Shape shape = shapes.getOrDefault(type, NONE);
            if (shape.bucket() && resource.resource().indexOf('/') >= 0) {
                continue;
            }
            for (ArnPattern arn : shape.arns()) {
                if (arn.intersects(resource)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Map<ResourceType, Shape> shapesOf(Service service) {
        Map<ResourceType, Shape> shapes = new IdentityHashMap<>();
        service.resourceTypes().forEach(type -> shapes.put(type, Shape.of(type)));
        return shapes;
    }
}
