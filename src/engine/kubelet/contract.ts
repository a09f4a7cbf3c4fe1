/** The wall between a kubelet and the network plugin of its node. */

/** Whose address it is. */
export interface SandboxOwner {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** 64 hexadecimal digits; every try has its own. */
  readonly sandboxId: string;
}

/** The network plugin (CNI) of one node. */
export interface PodNetwork {
  /** Whether its configuration is in place; until then the runtime reports `cni plugin not initialized`. */
  readonly initialised: boolean;
  /** An address for a pod. `error` is what the plugin says, after `failed to setup network for sandbox "…": `. */
  assign(owner: SandboxOwner): { readonly ok: true; readonly ip: string } | { readonly ok: false; readonly error: string };
  /** The pod's sandbox is gone. */
  release(owner: Omit<SandboxOwner, 'sandboxId'>): void;
}
