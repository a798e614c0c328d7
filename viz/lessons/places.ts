import type { Progress } from '../load/read_run_file.ts';
import { linkWords } from '../load/sources.ts';
import type { RunModel } from '../model/run_model.ts';
import type { Rooms } from './rooms.ts';
import type { RunParts } from './run_parts.ts';

export interface PlacesHost {
  /** Shows a page that is no run. */
  show(page: HTMLElement, title: string): void;
  /** Shows a run as soon as there is one, and why there is none if there is not. */
  whileLoading(name: string, work: (progress: Progress) => Promise<RunModel>): void;
  display(model: RunModel): void;
  /** Shows the start page with what went wrong. */
  fail(name: string, reason: string): void;
}

const names = ['lesson', 'lessons', 'gallery', 'swarm'] as const;

/** Whether an address leads to one of the places beside runs. */
export function leadsHere(address: URL): boolean {
  const words = linkWords(address);
  return names.some((name) => words.has(name));
}

/** The places beside runs: lessons, known bugs, swarms. Their code is fetched when somebody goes there. */
export class Places {
  private readonly host: PlacesHost;
  private rooms: Promise<Rooms> | null = null;

  constructor(host: PlacesHost) {
    this.host = host;
  }

  /** Goes there, if the address leads to one. */
  open(address: URL): boolean {
    if (!leadsHere(address)) return false;
    this.enter((rooms) => rooms.open(address));
    return true;
  }

  /** Files of results that were dropped or chosen. */
  openResults(files: readonly File[]): void {
    this.enter((rooms) => rooms.openResults(files));
  }

  /** Somebody is shown a run: whoever guides through it takes a place beside it, if the address says so. */
  guide(parts: RunParts, address: URL): void {
    const words = linkWords(address);
    if (words.has('lesson') || words.has('bug')) this.enter((rooms) => rooms.guide(parts, address));
  }

  private enter(go: (rooms: Rooms) => void): void {
    if (location.protocol === 'file:') {
      this.host.fail(
        'this page',
        'it can only show recorded runs; lessons, known bugs and swarms need `npm run viz`',
      );
      return;
    }
    this.rooms ??= import('./rooms.ts').then((module) => new module.Rooms(this.host));
    this.rooms.then(go).catch((error: unknown) => {
      this.rooms = null;
      this.host.fail('this page', error instanceof Error ? error.message : String(error));
    });
  }
}
