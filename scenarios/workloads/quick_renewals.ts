import type { Workload } from '../../sim/scenario.ts';

/** Clients that are granted leases, and renew each at once. */
export function quickRenewals(): Workload {
  return function* renew({ etcd, random }) {
    for (;;) {
      const granted = yield* etcd.leaseGrant(60);
      if (granted.status === 'ok') yield* etcd.leaseKeepAlive(granted.response.ID);
      yield* etcd.sleep(random.between(1, 60));
    }
  };
}
