/** Numbers and names of ECR and of pulls from it. */

/** How long an authorization token is accepted. Source: ECR API reference, GetAuthorizationToken. */
export const ECR_TOKEN_MS = 12 * 3_600_000;

/** The account whose registries hold the images of EKS add-ons; every account may pull. Source: EKS user guide, add-ons-images (eu-west-1 and most regions). */
export const ADDON_REGISTRY_ACCOUNT = '602401143452';

/** Lifecycle policies are applied within a day. Source: ECR user guide, LifecyclePolicies. */
export const LIFECYCLE_PERIOD_MS = 24 * 3_600_000;

/**
 * Repositories whose images are on the disk of every EKS node before it joins. The build scripts of the EKS AMI cache the pause
 * image; that kube-proxy and the VPC CNI are there too (as in the AMIs built with cached container images) is assumed, so that a
 * node without registry rights still turns Ready.
 */
export const BAKED_REPOSITORIES: readonly string[] = ['eks/pause', 'eks/kube-proxy', 'amazon-k8s-cni', 'amazon-k8s-cni-init', 'amazon/aws-network-policy-agent', 'eks/aws-network-policy-agent'];

/** A registry host of ECR. Source: the credential provider's `matchImages` in the EKS AMI. */
export const ECR_HOST = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/;
