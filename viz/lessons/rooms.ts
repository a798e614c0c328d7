import { dashboardPage } from '../dashboard/dashboard_page.ts';
import { reportOfAddress, reportOfFiles } from '../dashboard/load_report.ts';
import type { SwarmReport } from '../dashboard/report.ts';
import { fetchGallery } from '../gallery/fetch_gallery.ts';
import { galleryPage } from '../gallery/gallery_page.ts';
import { attachStory } from '../gallery/story_panel.ts';
import { linkWords } from '../load/sources.ts';
import type { RunModel } from '../model/run_model.ts';
import { h } from '../page/dom.ts';
import { findLesson, lessons } from './all_lessons.ts';
import type { Lesson } from './lesson.ts';
import { lessonsPage } from './lessons_page.ts';
import { loadLesson } from './load_lesson.ts';
import type { PlacesHost } from './places.ts';
import { LessonPlayer } from './player.ts';
import type { RunParts } from './run_parts.ts';

/** Under this address are the results that were dropped last. */
const dropped = 'dropped';

/** Lessons, known bugs, swarms; and who guides through a run that is shown. */
export class Rooms {
  private readonly host: PlacesHost;
  private player: LessonPlayer | null = null;
  private results: SwarmReport | null = null;
  /** Counts what was asked for, so that what comes late does not replace what was asked for since. */
  private asked = 0;

  constructor(host: PlacesHost) {
    this.host = host;
  }

  /** Goes where an address leads that `leadsHere` has found to be one of these. */
  open(address: URL): void {
    const words = linkWords(address);
    const asked = ++this.asked;
    const lesson = words.get('lesson');
    const swarm = words.get('swarm');
    if (lesson !== null) this.openLesson(lesson, Number(words.get('step') ?? '1') - 1);
    else if (words.has('lessons')) this.host.show(lessonsPage(), 'Lessons \u00b7 detcd');
    else if (words.has('gallery')) this.later(asked, 'Known bugs', fetchGallery().then(galleryPage));
    else if (swarm !== null) this.openSwarm(asked, swarm);
  }

  /** Files of results that were dropped or chosen. */
  openResults(files: readonly File[]): void {
    const asked = ++this.asked;
    const counted = reportOfFiles(files).then((report) => {
      this.results = report;
      if (asked === this.asked) history.pushState(null, '', `#swarm=${dropped}`);
      return dashboardPage(report);
    });
    this.later(asked, files.map(({ name }) => name).join(', '), counted);
  }

  /** Somebody is shown a run: takes a place beside it if the address says so. */
  guide(parts: RunParts, address: URL): void {
    const words = linkWords(address);
    const bug = words.get('bug');
    if (this.player !== null && words.get('lesson') === this.player.lesson.id) this.player.attach(parts);
    else if (bug !== null) {
      fetchGallery()
        .then(({ exhibits }) => {
          const exhibit = exhibits.find(({ id }) => id === bug);
          if (exhibit !== undefined && parts.page.isConnected) attachStory(parts, exhibit);
        })
        .catch(() => undefined);
    }
  }

  private openLesson(id: string, step: number): void {
    const lesson = findLesson(id);
    if (lesson === undefined) {
      const known = lessons.map((each) => each.id).join(', ');
      this.host.fail('lesson', `expected one of ${known}; got "${id}"`);
      return;
    }
    const at = Number.isInteger(step) ? step : 0;
    this.host.whileLoading(lesson.title, async (progress) => {
      const models = this.player?.lesson === lesson ? this.player.models : await loadLesson(lesson, progress);
      this.player = this.playerOf(lesson, models, at);
      return this.player.model;
    });
  }

  private playerOf(lesson: Lesson, models: readonly RunModel[], step: number): LessonPlayer {
    return new LessonPlayer(lesson, models, step, {
      display: (model) => this.host.display(model),
      moved: (number) => {
        const address = new URL(location.href);
        address.hash = new URLSearchParams({ lesson: lesson.id, step: String(number) }).toString();
        history.replaceState(null, '', address);
      },
    });
  }

  private openSwarm(asked: number, address: string): void {
    if (address !== dropped) {
      this.later(asked, address, reportOfAddress(address).then(dashboardPage));
    } else if (this.results === null) {
      this.host.fail('A swarm\u2019s results', 'the page no longer has the file: drop it here once more');
    } else this.later(asked, 'A swarm', Promise.resolve(dashboardPage(this.results)));
  }

  /** A page that takes a moment. */
  private later(asked: number, name: string, page: Promise<HTMLElement>): void {
    const waiting = h(
      'main',
      { class: 'loading' },
      h('div', { class: 'spinner' }),
      h('h1', {}, name),
      h('p', { class: 'loading-words', role: 'status' }, 'loading'),
    );
    this.host.show(waiting, 'detcd');
    page
      .then((made) => {
        if (asked === this.asked) this.host.show(made, `${name} \u00b7 detcd`);
      })
      .catch((error: unknown) => {
        if (asked === this.asked)
          this.host.fail(name, error instanceof Error ? error.message : String(error));
      });
  }
}
