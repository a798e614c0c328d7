import { defaultDiskLatency, defaultLinks } from '../limits.ts';
import type { DiskFaultSettings, Intervention, InterventionAction } from '../trace/run_info.ts';
import type { Search } from './search.ts';

/** Plainer parameters: each intervention becomes the plainest of its kind that still does it. */
export function simplifyActions(search: Search): void {
  for (let i = 0; i < search.current.interventions.length; i++) {
    for (let changed = true; changed && !search.over;) {
      const each = search.current.interventions[i];
      if (each === undefined) return;
      changed = plainer(each).some((action) => replaceAt(search, i, action));
    }
  }
}

function replaceAt(search: Search, index: number, action: InterventionAction): boolean {
  const interventions = search.current.interventions.map((each, i): Intervention =>
    i === index ? { ...action, atNs: each.atNs } : each,
  );
  return search.attempt({ ...search.current, interventions });
}

/** Simpler forms of an action, the simplest first. None of them has a simpler form that is the action again. */
export function plainer(action: InterventionAction): InterventionAction[] {
  switch (action.kind) {
    case 'crash': {
      const modes = ['keep', 'drop', 'tear', 'random'] as const;
      return modes.slice(0, modes.indexOf(action.mode)).map((mode) => ({ ...action, mode }));
    }
    case 'cut':
    case 'hold':
    case 'mend':
      return fewerEnds(action);
    case 'links':
      return usualLinks(action);
    case 'disk': {
      const usual = { ...action, ...defaultDiskLatency };
      const same = JSON.stringify(usual) === JSON.stringify(action);
      return [
        ...(action.lyingSync ? [{ ...action, lyingSync: false }] : []),
        ...(same || !action.lyingSync ? [] : [usual]),
      ];
    }
    case 'diskFaults':
      return fewerSwitches(action.faults).map((faults) => ({ ...action, faults }));
    case 'diskRot':
      return action.bits.length < 2 ? [] : action.bits.map((bit) => ({ ...action, bits: [bit] }));
    case 'failpoint':
      return action.skip === 0 ? [] : [{ ...action, skip: 0 }];
    default:
      return [];
  }
}

type LinkAction = Extract<InterventionAction, { readonly kind: 'cut' | 'hold' | 'mend' }>;

function fewerEnds(action: LinkAction): LinkAction[] {
  const without = (ends: readonly number[]): number[][] =>
    ends.length < 2 ? [] : ends.map((_, i) => ends.filter((__, j) => j !== i));
  return [
    ...without(action.from).map((from) => ({ ...action, from })),
    ...without(action.to).map((to) => ({ ...action, to })),
  ];
}

type LinksAction = Extract<InterventionAction, { readonly kind: 'links' }>;

/** One parameter after the other as on a good network. */
function usualLinks(action: LinksAction): LinksAction[] {
  const names = [
    'lossPer10k',
    'duplicatePer10k',
    'reorderPer10k',
    'delayMinNs',
    'delayMeanNs',
  ] as const satisfies readonly (keyof LinksAction)[];
  return names
    .filter((name) => action[name] !== defaultLinks[name])
    .map((name) => ({ ...action, [name]: defaultLinks[name] }));
}

function fewerSwitches(faults: DiskFaultSettings): DiskFaultSettings[] {
  const entries = Object.entries(faults);
  if (entries.length < 2) return [];
  return entries.map((_, i) => Object.fromEntries(entries.filter((__, j) => j !== i)) as DiskFaultSettings);
}
