// Processes that find each other in etcd: a rank under a lease each, and generations formed by one transaction.

import { type Membership, MembershipError } from "@limmat/timely-core";
import { type EtcdServers, openEtcd } from "./client.ts";
import { Joining } from "./joining.ts";

/** How a group is kept in etcd. */
export interface EtcdOptions extends EtcdServers {
  /** The name of the group: processes that should find each other use the same one. */
  readonly group: string;
  /** How long, in whole seconds, a process may be silent before it counts as lost; 10 unless said otherwise. */
  readonly ttl?: number;
  /** How long, in seconds, `join` waits for the others; 120 unless said otherwise. */
  readonly patience?: number;
  /** The rank this process must have, such as a stable ordinal of its orchestrator; any free one unless said otherwise. */
  readonly rank?: number;
}

/**
 * Membership by leases in etcd. A process is lost once its lease runs out: after a crash that takes at most `ttl` seconds, and no time at all
 * when its successor joins under the same address. Who is cut off from etcd notices by its own clock, no later than etcd. Generations are
 * numbered from 1.
 */
export function etcdMembership(options: EtcdOptions): Membership {
  const { servers, group, ttl = 10, patience = 120, rank } = options;
  if (servers.length === 0) throw new MembershipError("no server of etcd is named");
  if (group === "" || group.includes("/"))
    throw new MembershipError(`"${group}" is no name of a group: it may not be empty nor contain /`);
  if (!Number.isInteger(ttl) || ttl < 1) throw new MembershipError(`ttl is ${ttl}: whole seconds, at least 1`);
  return {
    async join(address, processes, { signal } = {}) {
      if (!Number.isInteger(processes) || processes < 1)
        throw new MembershipError(`a group of ${processes} processes can't be`);
      if (rank !== undefined && !(Number.isInteger(rank) && rank >= 0 && rank < processes))
        throw new MembershipError(`there is no rank ${rank} in a group of ${processes}`);
      const etcd = await openEtcd(options);
      return new Joining(etcd, servers, { group, address, processes, rank, ttl }).join(patience, signal);
    },
  };
}
