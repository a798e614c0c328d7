import type { CompareControl } from '../diff/compare_control.ts';
import { ActMenu } from '../live/act_menu.ts';
import { type Act, type Target, actsOn, shapeOf, targetName } from '../live/acts.ts';
import { answerList } from '../live/answer_list.ts';
import type { CallStart } from '../live/call_dialog.ts';
import { ClientCalls } from '../live/client_calls.ts';
import { liveBar, toggle } from '../live/live_bar.ts';
import { liveNews } from '../live/live_news.ts';
import { laneTarget, placeAt, placeOfEvent } from '../live/targets.ts';
import { h } from '../page/dom.ts';
import { momentText } from '../scale/time_format.ts';
import type { Session } from '../timeline/session.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { interventionWords } from '../words/intervention_words.ts';
import { download } from './download.ts';
import { DeskWords } from './desk_words.ts';
import { ForkDialog } from './fork_dialog.ts';
import { ForksDialog, type SavedForm } from './forks_dialog.ts';
import { runWords, specOf } from './run_link.ts';
import { type SavedText, scenarioFile, testFile } from './story_file.ts';
import type { Workshop } from './workshop.ts';

/** The page of one run, as far as changing the run needs it. */
export interface DeskView {
  readonly session: Session;
  readonly timeline: Timeline;
  readonly say: (words: string) => void;
  readonly go: (event: number) => void;
  readonly copyLink: () => void;
  readonly compare: Pick<CompareControl, 'comparing' | 'with' | 'toggle'>;
}

const moment = (atNs: number): string => momentText(Math.round(atNs));

/** What a person can do to the run that is shown: by context menu, by key, in the live bar and in the list of forks. */
export class Desk {
  /** Above the lanes: the live run's bar, or what is wrong with the link. */
  readonly top: readonly HTMLElement[];
  /** Dialogs and the menu. */
  readonly layers: readonly HTMLElement[];
  private readonly workshop: Workshop;
  private readonly view: DeskView;
  private readonly menu = new ActMenu();
  private readonly dialog = new ForkDialog();
  private readonly calls = new ClientCalls({
    actNow: (actions) => this.actNow(actions),
    askFork: (actions, target, atNs) => this.askFork(actions, target, atNs),
  });
  private readonly forks: ForksDialog;
  private readonly words: DeskWords;

  constructor(workshop: Workshop, view: DeskView) {
    this.workshop = workshop;
    this.view = view;
    this.forks = new ForksDialog(workshop, {
      show: (branch) => this.words.attempt('opening', () => this.workshop.show(branch)),
      compare: (branch) => {
        this.forks.element.close();
        view.compare.with(branch.run.model);
      },
      leaveOut: (at) =>
        this.words.attempt('running it again', () => workshop.leaveOut(at, `without ${this.doneWords(at)}`)),
      nearest: () => this.words.attempt('looking for it', () => this.compareWithNearest()),
      save: (what) => this.words.attempt('saving', () => this.save(what)),
      link: view.copyLink,
      file: () => {
        this.forks.element.close();
        view.compare.toggle();
      },
    });
    this.words = new DeskWords(this.forks);
    this.layers = [this.menu.element, this.dialog.element, this.calls.element, this.forks.element];
    this.top = [...this.words.elements, ...this.mismatch(), ...this.bar()];
    view.timeline.element.addEventListener('contextmenu', (event) => this.contextMenu(event));
  }

  /** Goes on or rests; false if the run is not live. */
  toggleLive(): boolean {
    const live = this.workshop.underway?.live;
    if (live !== undefined) toggle(live);
    return live !== undefined;
  }

  step(): void {
    void this.workshop.underway?.live.step();
  }

  /** The menu for the lane or message of the selected event, else for the whole cluster. */
  actHere(): void {
    const { session } = this.view;
    const place = placeOfEvent(session.model, session.selected);
    this.openMenu(place?.target ?? { kind: 'cluster' }, place?.atNs ?? session.window.endNs, null);
  }

  /** The form for a client's own call: of the client whose event is selected, or at the member; now if the run is live, else as a fork. */
  askClient(): void {
    const { session } = this.view;
    const place = placeOfEvent(session.model, session.selected);
    const { machines, clients } = shapeOf(session.model.info.lanes);
    if (clients.length === 0) return this.words.complain('This run has no clients.');
    const target = place?.target;
    const client = target?.kind === 'client' ? target.endpoint - machines.length : 1;
    this.openCall(
      { kind: 'put', client, via: 0 },
      place?.atNs ?? session.window.endNs,
      this.workshop.underway === null,
    );
  }

  async openForks(): Promise<void> {
    this.forks.open(await this.workshop.whyNot());
  }

  /** The words of a link to what is shown; null if it has to be the address as it is. */
  async linkWords(): Promise<URLSearchParams | null> {
    if ((await this.workshop.whyNot()) !== null) return null;
    const { info } =
      this.workshop.underway === null ? this.view.session.model : (await this.workshop.file()).model;
    return runWords(specOf(info), info);
  }

  /** Stops comparing; else compares with the run that this one left, or with the nearest that passes; else asks for a file. */
  compareOr(ask: () => void): void {
    const { branches, underway } = this.workshop;
    if (this.view.compare.comparing || branches === null || underway !== null) return ask();
    const left = branches.parentOf(branches.shown);
    if (left !== null) return this.view.compare.with(left.run.model);
    const { verdict, interventions } = branches.shown.run.model.info;
    if (verdict.passed || interventions.length === 0) return ask();
    void this.workshop.whyNot().then((why) => {
      if (why === null)
        this.words.attempt('looking for the nearest passing run', () => this.compareWithNearest());
      else ask();
    });
  }

  close(): void {
    this.menu.close(false);
  }

  private mismatch(): HTMLElement[] {
    const { mismatch } = this.workshop;
    if (mismatch === null) return [];
    return [h('p', { class: 'link-mismatch', role: 'alert' }, h('strong', {}, 'Another run. '), mismatch)];
  }

  private bar(): HTMLElement[] {
    const { session } = this.view;
    const live = this.workshop.underway?.live;
    if (live === undefined) return [];
    live.onChange((change) => {
      if (change === 'model') {
        const news = liveNews(session.model, live.model);
        session.grow(live.model);
        if (news !== '') this.view.say(news);
      } else if (!live.going) session.tell('rest');
    });
    const finish = (): void => this.words.attempt('judging', () => this.workshop.finish());
    const actions = { act: () => this.actHere(), ask: () => this.askClient(), finish };
    return [liveBar(live, actions), answerList(live, this.view.go)];
  }

  private contextMenu(event: MouseEvent): void {
    const { timeline, session } = this.view;
    const { frame, overlay } = timeline;
    if (frame === null) return;
    event.preventDefault();
    // The key for context menus has no place of its own.
    if (event instanceof PointerEvent && event.pointerType === '' && event.button !== 2)
      return this.actHere();
    const at = { x: event.clientX, y: event.clientY };
    const label = event.target instanceof Element ? event.target.closest('[data-lane]') : null;
    if (label !== null) {
      const nowNs = this.shownNs();
      const lane = Number(label.getAttribute('data-lane'));
      return this.openMenu(laneTarget(session.model, lane, nowNs), nowNs, at);
    }
    const box = overlay.getBoundingClientRect();
    const place = placeAt(frame, event.clientX - box.left, event.clientY - box.top);
    this.openMenu(place.target, place.atNs, at);
  }

  /** The moment that the lanes' names speak of. */
  private shownNs(): number {
    const { session } = this.view;
    const { selected, model, window } = session;
    return selected < 0 ? window.endNs : (model.trace.timesNs[selected] as number);
  }

  private openMenu(
    target: Target,
    atNs: number,
    at: { readonly x: number; readonly y: number } | null,
    past = this.workshop.underway === null,
  ): void {
    const { model } = this.view.session;
    const shape = shapeOf(model.info.lanes);
    const live = this.workshop.underway?.live;
    const when =
      past || live === undefined ? `from ${moment(atNs)} on, as a fork` : `now, at ${moment(live.nowNs)}`;
    // Now a member may be something else than it was where one has clicked.
    const meant =
      target.kind === 'member'
        ? laneTarget(model, target.member, past || live === undefined ? atNs : live.nowNs)
        : target;
    const open = (next: Target): void => this.openMenu(next, atNs, at, past);
    const more = this.otherTargets(meant, shape).map((next) => ({
      words: targetName(next, shape),
      open: () => open(next),
    }));
    if (live !== undefined && !past)
      more.unshift({
        words: `at ${moment(atNs)}, as a fork`,
        open: () => this.openMenu(meant, atNs, at, true),
      });
    this.menu.open({
      name: targetName(meant, shape),
      when,
      acts: actsOn(meant, shape),
      more,
      at,
      choose: (act) => {
        if (act.asks !== undefined) this.openCall(act.asks, atNs, past);
        else if (past || live === undefined) this.askFork(act.actions, targetName(meant, shape), atNs);
        else void this.actNow(act.actions);
      },
    });
  }

  /** From the cluster to everybody in it, and from a member to its links. */
  private otherTargets(target: Target, shape: ReturnType<typeof shapeOf>): Target[] {
    const { model } = this.view.session;
    const { machines, clients } = shape;
    if (target.kind === 'cluster')
      return [...machines, ...clients].map((lane) => laneTarget(model, lane, this.shownNs()));
    const self = target.kind === 'member' ? target.member : target.kind === 'client' ? target.endpoint : 0;
    const links = machines
      .filter((other) => self !== 0 && other !== self)
      .flatMap((other): Target[] => [
        { kind: 'link', from: self, to: other },
        { kind: 'link', from: other, to: self },
      ]);
    return [...links, { kind: 'cluster' }];
  }

  private openCall(start: CallStart, atNs: number, past: boolean): void {
    const shape = shapeOf(this.view.session.model.info.lanes);
    this.calls.open(start, shape, past ? undefined : this.workshop.underway?.live, atNs);
  }

  private async actNow(actions: Act['actions']): Promise<boolean> {
    const live = this.workshop.underway?.live;
    if (live === undefined) return false;
    const done = await live.act(actions);
    const words = interventionWords(actions).long;
    this.view.say(
      done > 0 ? `${words}, at ${moment(live.nowNs)}` : `Nothing happened: ${words} makes no sense now`,
    );
    return done > 0;
  }

  private askFork(actions: Act['actions'], target: string, atNs: number): void {
    const words = interventionWords(actions).long;
    void this.workshop.whyNot().then((why) => {
      if (why !== null) return this.words.complain(why);
      this.dialog.open(`Change ${target} at ${moment(atNs)}`, words, (choice) =>
        this.words.attempt('going back', () =>
          this.workshop.fork(this.view.session.model, atNs, actions, choice),
        ),
      );
    });
  }

  private async compareWithNearest(): Promise<void> {
    const found = await this.workshop.nearestPassing(
      (without) => `without ${this.doneWords(without)}`,
      (runs, of) => this.words.tell(`looking for the nearest passing run: ${runs} of ${of} tried`),
    );
    this.forks.element.close();
    this.view.compare.with(found.run.model);
  }

  private doneWords(at: number): string {
    const done = this.view.session.model.info.interventions[at];
    return done === undefined ? '' : `${interventionWords([done]).long} at ${moment(done.atNs)}`;
  }

  private async save(what: SavedForm): Promise<void> {
    const { model, bytes } = await this.workshop.file();
    const { info } = model;
    const branch = this.workshop.underway?.name ?? this.workshop.branches?.shown.name ?? '';
    if (what === 'trace') {
      download(
        `${info.scenario}-${info.seed}-${info.digest.slice(0, 8)}.detcd`,
        bytes,
        'application/octet-stream',
      );
      return;
    }
    const entry = (await this.workshop.catalogue()).find(({ name }) => name === info.scenario);
    if (entry === undefined) throw new Error(`this page's build has no scenario "${info.scenario}"`);
    const saved: SavedText = (what === 'scenario' ? scenarioFile : testFile)(info, entry, branch);
    if (saved.kind === 'none') throw new Error(saved.why);
    download(saved.name, saved.text, 'text/typescript');
  }
}
