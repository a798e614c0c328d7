import { fromText, toBytes } from '../../core/base/bytes.ts';
import { crc32c } from '../../core/base/crc32c.ts';
import { type NodeId, nodeId } from '../../core/base/ids.ts';
import { NodeIdTable } from '../../core/base/node_ids.ts';
import { type MemberConfig, memberDefaults } from '../../core/server/config.ts';
import type { WorldOptions } from './world.ts';

const clusterId = 1n;

/** Ids of members without a machine are above. */
const machinesMax = 1_000_000;

/** Members that are added later are named by their addresses as the first ones are: http://n4:2380 is n4. */
function newMemberId(peerUrls: readonly string[]): bigint {
  const [url = ''] = peerUrls;
  const number = /^http:\/\/n(\d+):/.exec(url)?.[1];
  return number === undefined ? BigInt(machinesMax + crc32c(0, toBytes(fromText(url)))) : BigInt(number);
}

/** What each member of the world is started with; members are named n1, n2, ... */
export function memberConfigs(options: WorldOptions): MemberConfig[] {
  const { bugs, member, imported = [] } = options;
  const machines = options.members + (options.spares ?? 0);
  const ids = Array.from({ length: machines }, (_, i) => nodeId(i + 1));
  const initialMembers = ids
    .slice(0, options.members)
    .map((id) => ({ id, name: `n${id}`, peerUrls: [`http://n${id}:2380`] }));
  const bindings = imported.map(({ node }, i): readonly [NodeId, bigint] => [nodeId(i + 1), node]);
  return ids.map((id) => ({
    ...memberDefaults,
    ...member,
    id,
    name: `n${id}`,
    clientUrls: [`http://n${id}:2379`],
    newMemberId: newMemberId,
    joins: id > options.members,
    clusterId: imported[0]?.cluster ?? clusterId,
    initialMembers,
    ids: new NodeIdTable(bindings),
    // One directory of a larger cluster goes on alone; all of them together go on as they are.
    forceNewCluster: imported.length === 1,
    bugs,
  }));
}
