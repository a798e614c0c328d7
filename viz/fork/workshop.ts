import type { InterventionAction } from '../../sim/trace/run_info.ts';
import { leaderOf } from '../live/live_news.ts';
import type { LiveRun } from '../live/live_run.ts';
import { type LiveStart, liveDurationMs } from '../live/live_start.ts';
import { ask, liveScenarios, runLive } from '../load/live_run.ts';
import { readRunFile } from '../load/read_run_file.ts';
import type { RunModel } from '../model/run_model.ts';
import { durationText } from '../scale/time_format.ts';
import type { CatalogueEntry, ForkPoint } from '../worker_protocol.ts';
import { type Branch, Branches, without } from './branches.ts';
import type { ForkChoice } from './fork_dialog.ts';
import { linkMismatch, runWords, specOf, whyNotRunnable } from './run_link.ts';

/** A run of which there is a file. */
export interface LoadedRun {
  readonly model: RunModel;
  readonly bytes: Uint8Array;
}

/** The page around the run that is shown. */
export interface WorkshopHost {
  /** Shows another run in the place of the one that is shown. */
  display(model: RunModel): void;
  /** The address is now this link. */
  moveTo(words: URLSearchParams): void;
}

/** What a live run will be when it is finished: a run of its own, or a fork. */
interface Underway {
  readonly live: LiveRun;
  readonly name: string;
  readonly atNs: number;
  readonly parent: number;
}

/** Nobody waits longer than this for the first leader. */
const electionNsMax = 4_000_000_000;

/** What keeps a run alive is fetched with the first one. */
const openLive: typeof LiveRun.open = async (...what) =>
  (await import('../live/live_run.ts')).LiveRun.open(...what);

/** What a person makes of a run: live runs, forks, and their files. It outlives the page of any one of them. */
export class Workshop {
  branches: Branches<LoadedRun> | null = null;
  underway: Underway | null = null;
  /** What is wrong with the link that brought the run that is shown; null for nothing. */
  mismatch: string | null = null;
  private readonly host: WorkshopHost;
  /** How often the page has left what it showed. */
  private left = 0;
  private entries: readonly CatalogueEntry[] | null = null;

  constructor(host: WorkshopHost) {
    this.host = host;
  }

  /** The scenarios that the page can run; none if it has no simulator. */
  async catalogue(): Promise<readonly CatalogueEntry[]> {
    if (this.entries === null) {
      const { scenarios, unlisted } = await liveScenarios();
      this.entries = [...scenarios, ...unlisted];
    }
    return this.entries;
  }

  /** A run was loaded: what was made of another is gone. */
  adopt(run: LoadedRun, address: URL): void {
    this.leave();
    this.branches = new Branches('the run', run);
    this.mismatch = linkMismatch(address, run.model.info);
  }

  /** Nothing is shown any more. */
  leave(): void {
    this.left++;
    this.underway?.live.close();
    this.underway = null;
    this.branches = null;
    this.mismatch = null;
  }

  /** Starts a live run of its own. Throws an Error whose message is for people. */
  async start({ spec, toNs, toLeader }: LiveStart): Promise<RunModel> {
    this.leave();
    const { left } = this;
    const live = await openLive(spec, null, toNs);
    if (toLeader) await live.until((model) => leaderOf(model) !== null, electionNsMax);
    // Meanwhile the person may have gone elsewhere.
    if (left !== this.left) live.close();
    this.underway = { live, name: 'the live run', atNs: 0, parent: -1 };
    return live.model;
  }

  /** Why what is shown can't be changed, in a sentence; null if it can. */
  async whyNot(): Promise<string | null> {
    const names = (await this.catalogue()).map(({ name }) => name);
    const { branches } = this;
    if (this.underway !== null) return null;
    if (branches === null)
      return 'A lesson has its runs to itself: go on from its end, live, and change what you like there.';
    return whyNotRunnable(branches.shown.run.model.info, names);
  }

  /** The run that is shown goes on otherwise from a time on. Throws an Error whose message is for people. */
  async fork(
    shown: RunModel,
    atNs: number,
    actions: readonly InterventionAction[],
    { name, rest, how }: ForkChoice,
  ): Promise<void> {
    const { interventions, ...spec } = specOf(shown.info);
    const endNs = (spec.options.durationMs ?? 0) * 1e6;
    if (atNs >= endNs)
      throw new Error(`a fork must be before the end of the load, at ${durationText(endNs)}`);
    await this.keepLive();
    const durationMs = how === 'live' ? liveDurationMs : spec.options.durationMs;
    const point: ForkPoint = { atNs: Math.max(1, Math.round(atNs)), rest, recorded: interventions };
    const options = { ...spec.options, ...(durationMs === undefined ? {} : { durationMs }) };
    const live = await openLive({ ...spec, options }, point, 0);
    this.underway = { live, name, atNs: point.atNs, parent: this.branches?.shown.id ?? -1 };
    if (actions.length > 0) await live.act(actions);
    if (how === 'live') {
      this.mismatch = null;
      this.host.display(live.model);
    } else {
      await live.toEnd();
      await this.finish();
    }
  }

  /** A live run that another is forked off stays, as far as it came. */
  private async keepLive(): Promise<void> {
    const { underway } = this;
    if (underway === null) return;
    underway.live.pause();
    const run = await loaded(await underway.live.finish());
    underway.live.close();
    this.underway = null;
    this.keep(run, underway);
  }

  private keep(run: LoadedRun, { name, atNs, parent }: Omit<Underway, 'live'>): void {
    if (this.branches === null) this.branches = new Branches(name, run);
    else this.branches.add(name, atNs, run, parent);
  }

  /** Ends the live run where it is; it is judged, and shown like every other. */
  async finish(): Promise<void> {
    await this.keepLive();
    if (this.branches !== null) await this.present(this.branches.shown.run);
  }

  private async present({ model }: LoadedRun): Promise<void> {
    this.mismatch = null;
    this.host.moveTo(await runWords(specOf(model.info), model.info));
    this.host.display(model);
  }

  async show(branch: Branch<LoadedRun>): Promise<void> {
    if (this.branches === null) return;
    this.underway?.live.close();
    this.underway = null;
    await this.present(this.branches.show(branch.id).run);
  }

  /** The run that is shown without one of its interventions, as a fork at its time. */
  async leaveOut(at: number, name: string): Promise<void> {
    const { branches } = this;
    if (branches === null) return;
    const spec = specOf(branches.shown.run.model.info);
    const { interventions, atNs } = without(spec.interventions, at);
    const bytes = await runLive({ ...spec, interventions }, () => undefined);
    const run = await loaded(bytes);
    branches.add(name, atNs, run);
    await this.present(run);
  }

  /** The run with one intervention fewer that passes and differs last, added but not shown. Throws if there is none. */
  async nearestPassing(
    nameOf: (without: number) => string,
    progress: (runs: number, of: number) => void,
  ): Promise<Branch<LoadedRun>> {
    const { branches } = this;
    if (branches === null) throw new Error('There is no run.');
    const { shown } = branches;
    const spec = specOf(shown.run.model.info);
    const answer = await ask({ type: 'nearest', spec }, (message) => {
      if (message.type === 'progress') progress(message.virtualMs, message.durationMs);
    });
    if (answer.type === 'error') throw new Error(answer.text);
    if (answer.type !== 'nearest') throw new Error(`the worker answered nearest with ${answer.type}`);
    const { atNs } = without(spec.interventions, answer.without);
    const added = branches.add(nameOf(answer.without), atNs, await loaded(answer.bytes), shown.id);
    branches.show(shown.id);
    return added;
  }

  /** The file of what is shown: of a live run, as far as it is. */
  async file(): Promise<LoadedRun> {
    if (this.underway !== null) return loaded(await this.underway.live.finish());
    if (this.branches === null) throw new Error('There is no run.');
    return this.branches.shown.run;
  }
}

async function loaded(bytes: Uint8Array): Promise<LoadedRun> {
  return { bytes, model: await readRunFile(bytes, () => undefined) };
}
