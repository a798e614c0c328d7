import type { ClientCall } from '../../sim/trace/client_call.ts';
import type { MessageTypeName } from '../../sim/trace/message_types.ts';
import type { InterventionAction, Lane } from '../../sim/trace/run_info.ts';
import type { CallStart } from './call_dialog.ts';
import type { CallKind } from './call_form.ts';
import { clockActs, diskActs } from './machine_acts.ts';

/** Something that a person can do to a run: interventions, applied together, in this order. */
export interface Act {
  readonly id: string;
  readonly words: string;
  readonly group: string;
  readonly actions: readonly InterventionAction[];
  /** A form asks for the particulars first, and begins with this; `actions` is then only the plainest of its kind. */
  readonly asks?: CallStart;
}

export type LifeState = 'up' | 'down' | 'paused';

/** What is acted on. Members and clients are numbers on the network, where clients come after all machines. */
export type Target =
  | { readonly kind: 'cluster' }
  | { readonly kind: 'member'; readonly member: number; readonly life: LifeState }
  | { readonly kind: 'client'; readonly endpoint: number }
  | {
      readonly kind: 'link';
      readonly from: number;
      readonly to: number;
      /** Of the raft message that was pointed at. */
      readonly type?: MessageTypeName;
    };

/** Who is there. */
export interface Shape {
  readonly machines: readonly number[];
  readonly clients: readonly number[];
  readonly names: ReadonlyMap<number, string>;
}

export function shapeOf(lanes: readonly Lane[]): Shape {
  const of = (kind: Lane['kind']): number[] =>
    lanes.filter((lane) => lane.kind === kind).map((lane) => lane.id);
  return {
    machines: of('member'),
    clients: of('client'),
    names: new Map(lanes.map(({ id, name }) => [id, name])),
  };
}

export function targetName(target: Target, { names }: Shape): string {
  if (target.kind === 'member') return names.get(target.member) ?? '';
  if (target.kind === 'client') return names.get(target.endpoint) ?? '';
  if (target.kind === 'link') return `${names.get(target.from) ?? ''} \u2192 ${names.get(target.to) ?? ''}`;
  return 'the cluster';
}

/** Everything that can be done to a target, in the order of the menu. */
export function actsOn(target: Target, shape: Shape): readonly Act[] {
  if (target.kind === 'cluster') return clusterActs(shape);
  if (target.kind === 'client') return clientActs(target.endpoint, shape);
  if (target.kind === 'link') return linkActs(target, shape);
  const { member, life } = target;
  return [
    ...processActs(member, life),
    ...(shape.clients.length === 0 ? [] : callActs('Ask it, through a client', 1, member, ['put', 'get'])),
    ...partitionActs(member, shape),
    ...diskActs(member),
    ...clockActs(member),
  ];
}

/** What clients are asked for most; the form has the rest. */
const plainCalls: readonly (readonly [ClientCall, string])[] = [
  [{ kind: 'put', key: 'a', value: '1' }, 'put a key'],
  [{ kind: 'get', key: 'a' }, 'get a key'],
  [{ kind: 'delete', key: 'a' }, 'delete a key'],
  [{ kind: 'watch', key: 'a' }, 'watch a key'],
  [{ kind: 'grant', lease: 1, ttlSeconds: 5, keep: true }, 'grant a lease'],
];

function callActs(group: string, client: number, via: number, kinds: readonly CallKind[]): Act[] {
  return plainCalls
    .filter(([{ kind }]) => kinds.includes(kind))
    .map(([request, words]) => ({
      id: `call-${request.kind}`,
      words: `${words} \u2026`,
      group,
      actions: [{ kind: 'call', client, request }],
      asks: { kind: request.kind, client, via },
    }));
}

function processActs(member: number, life: LifeState): Act[] {
  const act = (id: string, words: string, ...actions: InterventionAction[]): Act => ({
    id,
    words,
    group: 'Process',
    actions,
  });
  if (life === 'down') return [act('restart', 'start', { kind: 'restart', member })];
  return [
    act('crash', 'crash: the process ends, the page cache survives', {
      kind: 'crash',
      member,
      mode: 'keep',
    }),
    act('power', 'power loss: unsynced writes are lost', { kind: 'crash', member, mode: 'drop' }),
    act('tear', 'power loss: unsynced writes are torn', { kind: 'crash', member, mode: 'tear' }),
    act('stop', 'stop gracefully (SIGTERM)', { kind: 'stop', member }),
    life === 'paused'
      ? act('resume', 'resume', { kind: 'resume', member })
      : act('pause', 'pause (SIGSTOP)', { kind: 'pause', member }),
    act('lead', 'make it the leader', { kind: 'admin', via: member, request: 'moveLeader', member }),
  ];
}

/** Both ways between two groups. */
function apart(one: readonly number[], other: readonly number[]): InterventionAction[] {
  return [
    { kind: 'cut', from: one, to: other },
    { kind: 'cut', from: other, to: one },
  ];
}

function partitionActs(member: number, { machines, clients, names }: Shape): Act[] {
  const group = 'Network';
  const others = machines.filter((machine) => machine !== member);
  const acts: Act[] = [];
  if (others.length > 0)
    acts.push({
      id: 'isolate',
      words: 'isolate from the other members',
      group,
      actions: apart([member], others),
    });
  // With one more: a partition that is neither isolation nor that of another member.
  if (machines.length > 3)
    for (const mate of others) {
      const rest = others.filter((other) => other !== mate);
      acts.push({
        id: `with-${mate}`,
        words: `partition: ${names.get(member)} ${names.get(mate)} | the others`,
        group,
        actions: apart([member, mate], rest),
      });
    }
  if (clients.length > 0)
    acts.push({
      id: 'no-clients',
      words: 'cut off from every client',
      group,
      actions: apart([member], clients),
    });
  const everyone = [...others, ...clients];
  if (everyone.length > 0)
    acts.push({
      id: 'mend',
      words: 'mend its links',
      group,
      actions: [
        { kind: 'mend', from: [member], to: everyone },
        { kind: 'mend', from: everyone, to: [member] },
      ],
    });
  acts.push({ id: 'heal', words: 'heal every link', group, actions: [{ kind: 'heal' }] });
  return acts;
}

function clientActs(endpoint: number, { machines }: Shape): Act[] {
  const client = endpoint - machines.length;
  const group = 'Client';
  return [
    ...callActs('Ask it to', client, 0, ['put', 'get', 'delete', 'watch', 'grant']),
    { id: 'cut-off', words: 'cut off from every member', group, actions: apart([endpoint], machines) },
    {
      id: 'mend',
      words: 'mend its links',
      group,
      actions: [
        { kind: 'mend', from: [endpoint], to: machines },
        { kind: 'mend', from: machines, to: [endpoint] },
      ],
    },
    {
      id: 'slow',
      words: 'it reads an answer of its watches only every second',
      group,
      actions: [{ kind: 'slowClient', client, takeEveryMs: 1000 }],
    },
    {
      id: 'quick',
      words: 'it reads its watches at once again',
      group,
      actions: [{ kind: 'slowClient', client, takeEveryMs: 0 }],
    },
  ];
}

function linkActs(link: Extract<Target, { kind: 'link' }>, { names, machines }: Shape): Act[] {
  const [from, to] = [[link.from], [link.to]];
  const back = `${names.get(link.to) ?? ''} \u2192 ${names.get(link.from) ?? ''}`;
  const group = 'Link';
  const act = (id: string, words: string, ...actions: InterventionAction[]): Act => ({
    id,
    words,
    group,
    actions,
  });
  const raft = machines.includes(link.from) && machines.includes(link.to);
  const only = link.type === undefined || !raft ? null : { only: [link.type] };
  return [
    act('drop', 'drop every message', { kind: 'cut', from, to }),
    ...(only === null
      ? []
      : [
          act('drop-type', `drop every ${link.type}`, { kind: 'cut', from, to, ...only }),
          act('hold-type', `hold every ${link.type}`, { kind: 'hold', from, to, ...only }),
        ]),
    act('drop-both', `drop every message, also ${back}`, ...apart(from, to)),
    act('hold', 'hold messages back', { kind: 'hold', from, to }),
    act('let-through', 'let through what is held', { kind: 'letThrough', from, to, how: 'inOrder' }),
    act('reverse', 'let through what is held, last first', { kind: 'letThrough', from, to, how: 'reversed' }),
    act('lose', 'lose what is held', { kind: 'letThrough', from, to, how: 'lost' }),
    act('delay', 'delay by 200 ms', { kind: 'link', from, to, settings: { delayMinNs: 200_000_000 } }),
    act('loss', 'lose 30 %', { kind: 'link', from, to, settings: { lossPer10k: 3000 } }),
    act('repeat', 'deliver every second message twice', {
      kind: 'link',
      from,
      to,
      settings: { duplicatePer10k: 5000 },
    }),
    act('clog', 'clog for 1 s', { kind: 'clog', from, to, forNs: 1_000_000_000 }),
    act(
      'mend',
      'mend, and as all other links',
      { kind: 'mend', from, to },
      { kind: 'link', from, to, settings: {} },
    ),
  ];
}

function clusterActs({ machines, clients }: Shape): Act[] {
  const group = 'Cluster';
  const half = Math.floor(machines.length / 2);
  const links = { kind: 'links', reorderPer10k: 500, delayMinNs: 200_000, delayMeanNs: 800_000 } as const;
  return [
    { id: 'heal', words: 'heal every link', group, actions: [{ kind: 'heal' }] },
    ...(machines.length > 1
      ? [
          {
            id: 'split',
            words: 'partition into two halves',
            group,
            actions: apart(machines.slice(0, half), machines.slice(half)),
          },
        ]
      : []),
    {
      id: 'lossy',
      words: 'every link loses 10 %',
      group,
      actions: [{ ...links, lossPer10k: 1000, duplicatePer10k: 0 }],
    },
    {
      id: 'slow',
      words: 'every link takes 50 ms more',
      group,
      actions: [{ ...links, lossPer10k: 0, duplicatePer10k: 0, delayMinNs: 50_000_000 }],
    },
    {
      id: 'usual',
      words: 'links as usual',
      group,
      actions: [{ ...links, lossPer10k: 0, duplicatePer10k: 0 }],
    },
    {
      id: 'power',
      words: 'power loss of all members',
      group,
      actions: machines.map((member) => ({ kind: 'crash', member, mode: 'drop' })),
    },
    {
      id: 'start',
      words: 'start every member that is down',
      group,
      actions: machines.map((member) => ({ kind: 'restart', member })),
    },
    ...(clients.length === 0 ? [] : callActs('Ask a client to', 1, 0, ['put', 'get', 'watch'])),
  ];
}
