import { defaultDiskLatency, defaultLinks } from '../limits.ts';
import type { ClientCall } from '../trace/client_call.ts';
import type { Intervention, InterventionAction } from '../trace/run_info.ts';
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
    case 'letThrough':
    case 'repeat':
      return [...fewerEnds(action), ...lessOf(action)];
    case 'slowClient':
      return action.takeEveryMs === 0 || action.takeEveryMs === unreadMs
        ? []
        : [{ ...action, takeEveryMs: unreadMs }];
    case 'call':
      return plainerCalls(action.request).map((request) => ({ ...action, request }));
    case 'links':
      return usualLinks(action);
    case 'link':
      return [
        ...withoutOne(action.settings).map((settings) => ({ ...action, settings })),
        ...fewerEnds(action),
      ];
    case 'clog':
      return fewerEnds(action);
    case 'clockDrift':
      return smaller(action.ppm, 10).map((ppm) => ({ ...action, ppm }));
    case 'clockStep':
      return smaller(action.byNs, 1000).map((byNs) => ({ ...action, byNs }));
    case 'disk': {
      const usual = { ...action, ...defaultDiskLatency };
      const same = JSON.stringify(usual) === JSON.stringify(action);
      return [
        ...(action.lyingSync ? [{ ...action, lyingSync: false }] : []),
        ...(same || !action.lyingSync ? [] : [usual]),
      ];
    }
    case 'diskFaults':
      return withoutOne(action.faults).map((faults) => ({ ...action, faults }));
    case 'diskRot':
      return action.bits.length < 2 ? [] : action.bits.map((bit) => ({ ...action, bits: [bit] }));
    case 'failpoint':
      return action.skip === 0 ? [] : [{ ...action, skip: 0 }];
    default:
      return [];
  }
}

type EndsAction = Extract<InterventionAction, { readonly from: readonly number[] }>;
type LinkAction = Extract<
  InterventionAction,
  { readonly kind: 'cut' | 'hold' | 'mend' | 'letThrough' | 'repeat' }
>;

function fewerEnds<Action extends EndsAction>(action: Action): Action[] {
  const without = (ends: readonly number[]): number[][] =>
    ends.length < 2 ? [] : ends.map((_, i) => ends.filter((__, j) => j !== i));
  return [
    ...without(action.from).map((from) => ({ ...action, from })),
    ...without(action.to).map((to) => ({ ...action, to })),
  ];
}

/** Fewer messages, of fewer types. */
function lessOf(action: LinkAction): LinkAction[] {
  if (action.kind === 'repeat') return action.last === 1 ? [] : [{ ...action, last: 1 }];
  if (action.kind === 'mend') return [];
  const { only = [] } = action;
  const fewer = only.length < 2 ? [] : only.map((type) => ({ ...action, only: [type] }));
  if (action.kind !== 'letThrough' || action.how === 'inOrder') return fewer;
  return [{ ...action, how: 'inOrder' }, ...fewer];
}

/** A client that reads nothing is plainer than one that reads now and then. */
const unreadMs = 86_400_000;

/** Asked of whichever member the client chooses; without what is special about it. */
function plainerCalls(request: ClientCall): ClientCall[] {
  const optional = ['via', 'lease', 'serializable', 'startRevision'] as const;
  return optional
    .filter((name) => !(name === 'lease' && request.kind !== 'put') && Object.hasOwn(request, name))
    .map(
      (name) => Object.fromEntries(Object.entries(request).filter(([each]) => each !== name)) as ClientCall,
    );
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

/** One switch or setting less; never none. */
function withoutOne<Settings extends object>(settings: Settings): Settings[] {
  const entries = Object.entries(settings);
  if (entries.length < 2) return [];
  return entries.map((_, i) => Object.fromEntries(entries.filter((__, j) => j !== i)) as Settings);
}

/** Nearer to nothing by a factor, as long as something worth telling is left. */
function smaller(amount: number, factor: number): number[] {
  const less = Math.trunc(amount / factor);
  return Math.abs(less) < 100 ? [] : [less];
}
