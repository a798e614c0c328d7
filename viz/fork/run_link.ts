import { linkWords, liveOptions } from '../load/sources.ts';
import type { RunInfo } from '../../sim/trace/run_info.ts';
import type { RunSpec } from '../worker_protocol.ts';
import { type PackedList, pack, unpack } from './packed_list.ts';

/** Of the form of links. */
const linkVersion = '1';
/** So many hex digits of a run's digest tell it from every other that a person will ever see. */
const digestDigits = 8;

/** What a run is a function of, as its file says. With its list: a link to it does not ask the scenario again. */
export function specOf({ scenario, seed, options, interventions }: RunInfo): Required<RunSpec> {
  const { members, clients, durationMs, bugs, load } = options;
  return {
    scenario,
    seed,
    options: {
      members,
      clients,
      durationMs,
      ...(bugs.length === 0 ? {} : { bugs }),
      ...(load === undefined ? {} : { load }),
    },
    interventions,
  };
}

/** Why the page can't run it again, in a sentence; null if it can. */
export function whyNotRunnable({ scenario, options }: RunInfo, known: readonly string[]): string | null {
  if (known.length === 0)
    return 'This page can only show recorded runs: the simulator is not part of it. `npm run viz` opens one that has it.';
  if (options.source !== undefined)
    return `This run is of a scenario of its own (${options.source.file}), which the page does not have. \`detcd fork\` can change it.`;
  if (options.imported !== undefined)
    return 'This run started on imported directories, which the page does not have. `detcd fork` can change it.';
  if (!known.includes(scenario)) return `This page's build has no scenario "${scenario}".`;
  return null;
}

/** The words of a link to a run, without the view. */
export async function runWords(
  { scenario, seed, options, interventions }: RunSpec,
  info: Pick<RunInfo, 'build' | 'digest'>,
): Promise<URLSearchParams> {
  const { members, clients, durationMs, bugs, load } = options;
  const words = new URLSearchParams({ v: linkVersion, build: info.build, scenario, seed });
  const sizes = { members, clients, durationMs };
  for (const [name, value] of Object.entries(sizes)) if (value !== undefined) words.set(name, String(value));
  if (bugs !== undefined && bugs.length > 0) words.set('bugs', bugs.join(','));
  if (interventions !== undefined || load !== undefined) {
    const list: PackedList = { interventions: interventions ?? [], ...(load === undefined ? {} : { load }) };
    words.set('iv', await pack(list));
  }
  words.set('digest', info.digest.slice(0, digestDigits));
  return words;
}

/** What a link asks to be run; null if it names no scenario. Throws PackedListError. */
export async function specOfLink(address: URL): Promise<RunSpec | null> {
  const words = linkWords(address);
  const scenario = words.get('scenario');
  if (scenario === null) return null;
  const spec = { scenario, seed: words.get('seed') ?? '1', options: liveOptions(words) };
  const packed = words.get('iv');
  if (packed === null) return spec;
  const { interventions, load } = await unpack(packed);
  return { ...spec, options: { ...spec.options, ...(load === undefined ? {} : { load }) }, interventions };
}

/** What to say when a link was made of a run that is not the one that came out; null when all is well. */
export function linkMismatch(address: URL, found: Pick<RunInfo, 'build' | 'digest'>): string | null {
  const words = linkWords(address);
  const expected = words.get('digest') ?? '';
  if (expected === '' || found.digest.startsWith(expected)) return null;
  const build = words.get('build') ?? 'unknown';
  const builds =
    build === found.build
      ? `Both say that they are build ${build}, so one of them is not what was published.`
      : `It was made with build ${build}; this page is build ${found.build}.`;
  return `This is not the run that the link was made from: its digest begins with ${expected}, this one's is ${found.digest}. ${builds}`;
}
