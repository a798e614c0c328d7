import type { Workload } from '../../sim/scenario.ts';

export interface Role {
  readonly clients: number;
  readonly workload: Workload;
}

/** Clients with different tasks: the first so many do the first role's, the next the second's, and all others `rest`. */
export function roles(counted: readonly Role[], rest: Workload): Workload {
  return (client) => {
    let before = 0;
    for (const { clients, workload } of counted) {
      before += clients;
      if (client.number <= before) return workload(client);
    }
    return rest(client);
  };
}
