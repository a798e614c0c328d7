import type { Intervention } from '../../sim/trace/run_info.ts';

/** A stretch of time in which the same links were cut or held. */
export interface CutSpan {
  readonly startNs: number;
  readonly endNs: number;
  /** "n1 | n2 n3 n4 n5", "n1 -> n2 n3 cut". */
  readonly words: string;
  /** Members outside the largest group that can still talk both ways; they are shaded. */
  readonly cutOff: readonly number[];
  /** Groups that can't talk to each other; one group when the cuts are only one-way or partial. */
  readonly groups: readonly (readonly number[])[];
  readonly held: boolean;
}

type LinkState = 'cut' | 'hold';

/** Replays the interventions on the links between members 1..members. */
export function cutSpans(
  interventions: readonly Intervention[],
  members: number,
  endOfRunNs: number,
): readonly CutSpan[] {
  const links = new Map<number, LinkState>();
  const spans: CutSpan[] = [];
  let sinceNs = 0;
  let before = '';
  let open: Omit<CutSpan, 'startNs' | 'endNs'> | null = null;
  const close = (atNs: number): void => {
    if (open !== null && atNs > sinceNs) spans.push({ ...open, startNs: sinceNs, endNs: atNs });
  };
  interventions.forEach((intervention, i) => {
    if (!changeLinks(links, intervention, members)) return;
    // Both directions of a partition come as two interventions of one moment.
    const next = interventions[i + 1];
    if (next !== undefined && next.atNs === intervention.atNs && isLinkKind(next.kind)) return;
    const described = describe(links, members);
    const signature = described === null ? '' : described.words;
    if (signature === before) return;
    close(intervention.atNs);
    sinceNs = intervention.atNs;
    before = signature;
    open = described;
  });
  close(endOfRunNs);
  return spans;
}

function isLinkKind(kind: Intervention['kind']): boolean {
  return kind === 'cut' || kind === 'hold' || kind === 'mend' || kind === 'heal';
}

const linkStride = 1024;

function changeLinks(links: Map<number, LinkState>, change: Intervention, members: number): boolean {
  if (change.kind === 'heal') {
    links.clear();
    return true;
  }
  if (change.kind !== 'cut' && change.kind !== 'hold' && change.kind !== 'mend') return false;
  // What stops only some messages is told by its flag, but parts nobody from anybody.
  if (change.kind !== 'mend' && change.only !== undefined) return false;
  for (const from of change.from) {
    for (const to of change.to) {
      if (from === to || from > members || to > members) continue;
      const link = from * linkStride + to;
      if (change.kind === 'mend') links.delete(link);
      else links.set(link, change.kind);
    }
  }
  return true;
}

function describe(
  links: ReadonlyMap<number, LinkState>,
  members: number,
): Omit<CutSpan, 'startNs' | 'endNs'> | null {
  if (links.size === 0) return null;
  const groups = groupsOf(links, members);
  const held = [...links.values()].every((state) => state === 'hold');
  const largest = groups[0] ?? [];
  if (groups.length > 1 && acrossOnly(links, groups)) {
    const words = groups.map((group) => group.map((member) => `n${member}`).join(' ')).join('  |  ');
    return {
      words: held ? `held: ${words}` : words,
      cutOff: groups.slice(1).flat(),
      groups: bySize(groups),
      held,
    };
  }
  return {
    words: oneWayWords(links, held),
    cutOff: groups.length > 1 ? groups.slice(1).flat() : senders(links),
    groups: [largest],
    held,
  };
}

/** Members that can talk both ways, directly or through others; the largest group first. */
function groupsOf(links: ReadonlyMap<number, LinkState>, members: number): number[][] {
  const groups: number[][] = [];
  const seen = new Set<number>();
  for (let start = 1; start <= members; start++) {
    if (seen.has(start)) continue;
    const group = [start];
    seen.add(start);
    for (const at of group) {
      for (let to = 1; to <= members; to++) {
        const open = !links.has(at * linkStride + to) && !links.has(to * linkStride + at);
        if (!seen.has(to) && open) {
          seen.add(to);
          group.push(to);
        }
      }
    }
    groups.push(group.toSorted((a, b) => a - b));
  }
  return bySize(groups);
}

function bySize(groups: readonly number[][]): number[][] {
  return groups.toSorted((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}

/** Whether every pair of different groups is cut both ways: a partition in the plain sense. */
function acrossOnly(links: ReadonlyMap<number, LinkState>, groups: readonly number[][]): boolean {
  return groups.every((group) =>
    groups.every(
      (other) => group === other || group.every((a) => other.every((b) => links.has(a * linkStride + b))),
    ),
  );
}

function senders(links: ReadonlyMap<number, LinkState>): number[] {
  const found = new Set<number>();
  for (const link of links.keys()) found.add(Math.floor(link / linkStride));
  return [...found].toSorted((a, b) => a - b);
}

function oneWayWords(links: ReadonlyMap<number, LinkState>, held: boolean): string {
  const targets = new Map<number, number[]>();
  for (const link of [...links.keys()].toSorted((a, b) => a - b)) {
    const from = Math.floor(link / linkStride);
    targets.set(from, [...(targets.get(from) ?? []), link % linkStride]);
  }
  const parts = [...targets].map(([from, to]) => `n${from} \u219b ${to.map((t) => `n${t}`).join(' ')}`);
  const shown = parts.length > 3 ? [...parts.slice(0, 3), `${parts.length - 3} more`] : parts;
  return `${held ? 'held: ' : ''}${shown.join(', ')}`;
}
