/** Numbers of Application Load Balancers and of the AWS Load Balancer Controller. */

/** Health checks when nobody says otherwise. Source: LBC docs/guide/ingress/annotations.md. */
export const HEALTH_CHECK = { intervalSeconds: 15, timeoutSeconds: 5, healthyThreshold: 2, unhealthyThreshold: 2, path: '/', matcher: '200' } as const;

/** How long a request may wait for its target. Source: ELB user guide, load balancer attributes (idle_timeout.timeout_seconds). */
export const IDLE_TIMEOUT_MS = 60_000;

/** Attributes of a new target group, in the API's order. Source: ELB user guide, target group attributes. */
export const TARGET_GROUP_ATTRIBUTES: Readonly<Record<string, string>> = {
  'stickiness.enabled': 'false',
  'deregistration_delay.timeout_seconds': '300',
  'stickiness.type': 'lb_cookie',
  'stickiness.lb_cookie.duration_seconds': '86400',
  'slow_start.duration_seconds': '0',
  'load_balancing.algorithm.type': 'round_robin',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
};

/** Attributes of a new load balancer. Source: ELB user guide, load balancer attributes. */
export const LOAD_BALANCER_ATTRIBUTES: Readonly<Record<string, string>> = {
  'access_logs.s3.enabled': 'false', 'access_logs.s3.bucket': '', 'access_logs.s3.prefix': '', 'idle_timeout.timeout_seconds': '60', 'deletion_protection.enabled': 'false',
  'routing.http2.enabled': 'true', 'routing.http.drop_invalid_header_fields.enabled': 'false', 'routing.http.xff_client_port.enabled': 'false',
  'routing.http.preserve_host_header.enabled': 'false', 'routing.http.xff_header_processing.mode': 'append', 'load_balancing.cross_zone.enabled': 'true',
  'routing.http.desync_mitigation_mode': 'defensive', 'waf.fail_open.enabled': 'false', 'connection_logs.s3.enabled': 'false',
};

/** From RegisterTargets until the first health check. Assumed. */
export const REGISTRATION_MS = { min: 800, spread: 1_200 } as const;

/** From DeregisterTargets until no node of the balancer sends there any more. Assumed, so that with the controller's own time it takes two to three seconds after a pod's end (curriculum, track 06). */
export const PROPAGATION_MS = { min: 800, spread: 1_000 } as const;

/** From a change of an EndpointSlice until the controller has called AWS: its queue, its view of the target group, the call. Assumed. */
export const BINDING_RECONCILE_MS = { min: 300, spread: 700 } as const;

/** How often the controller asks again for the health of targets whose pods wait for a readiness gate. Source: LBC pkg/targetgroupbinding (requeue while targets are unhealthy). */
export const GATE_POLL_MS = 10_000;
