import type { Container } from 'kubernetes-types/core/v1.d.ts';
import type { ImageDefinition } from '../images/contract.ts';
import { podLabel, type StoredPod } from './pod.ts';

/** Who a container runs as, or why the kubelet will not run it. Source: kuberuntime/security_context_others.go. */
export function containerIdentity(pod: StoredPod, container: Container, image: ImageDefinition): { ok: true; uid: number; gid: number } | { ok: false; error: string } {
  const own = container.securityContext;
  const shared = pod.spec?.securityContext;
  const runAsUser = own?.runAsUser ?? shared?.runAsUser;
  const runAsNonRoot = own?.runAsNonRoot ?? shared?.runAsNonRoot;
  const imageUser = image.user ?? '';
  const numeric = /^\d+/.exec(imageUser)?.[0];
  const imageUid = imageUser === '' ? 0 : numeric !== undefined ? Number(numeric) : image.users?.[imageUser] ?? 0;
  const about = `(pod: "${podLabel(pod)}", container: ${container.name})`;
  if (runAsNonRoot) {
    if (runAsUser === 0) return { ok: false, error: `container's runAsUser breaks non-root policy ${about}` };
    if (runAsUser === undefined && imageUser !== '' && numeric === undefined) {
      return { ok: false, error: `container has runAsNonRoot and image has non-numeric user (${imageUser}), cannot verify user is non-root ${about}` };
    }
    if (runAsUser === undefined && imageUid === 0) return { ok: false, error: `container has runAsNonRoot and image will run as root ${about}` };
  }
  const uid = runAsUser ?? imageUid;
  return { ok: true, uid, gid: own?.runAsGroup ?? shared?.runAsGroup ?? (uid === 0 ? 0 : uid) };
}
