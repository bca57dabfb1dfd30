/**
 * Membership of processes by leases in etcd.
 *
 * @module
 */

export type { EtcdServers } from "./client.ts";
export { type EtcdOptions, etcdMembership } from "./membership.ts";
