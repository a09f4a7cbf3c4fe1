/** Numbers of the network. */

/** Round trips inside one region. Assumed, not measured: same zone 0.3 ms, across zones 0.8 ms. */
export const ROUND_TRIP_MS = { sameNode: 0.05, sameZone: 0.3, crossZone: 0.8, internet: 12 } as const;

/** How long the Linux kernel keeps trying to open a connection when nobody answers (tcp_syn_retries 6). */
export const CONNECT_TIMEOUT_MS = 127_000;

/** resolv.conf(5): 5 s an attempt, 2 attempts. */
export const DNS_TIMEOUT_MS = { attempt: 5_000, attempts: 2 } as const;

/** One answer of CoreDNS from its cache, and of the VPC resolver. Assumed. */
export const DNS_LATENCY_MS = { cluster: 0.6, forwarded: 2 } as const;

/** How long kube-proxy takes from an EndpointSlice change to rules in place. Assumed within `--min-sync-period` 1 s. */
export const PROXY_SYNC_MS = { min: 80, spread: 220 } as const;

/** The VPC resolver: the base of the VPC's range plus two. */
export const VPC_RESOLVER = '10.20.0.2';
