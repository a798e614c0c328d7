import type { Intervention } from '../../sim/trace/run_info.ts';
import { literal } from './literal.ts';

const json = literal;
const text = literal;
const list = (members: readonly number[]): string => literal(members);
const ms = (ns: number): string => String(ns / 1_000_000);

/** An intervention in the words that a scenario's nemesis is written in; null for what they have no word for. */
export function storyLine(intervention: Intervention): string | null {
  const done = processLine(intervention) ?? networkLine(intervention) ?? machineLine(intervention);
  return done === null ? null : `story.${done};`;
}

function processLine(done: Intervention): string | null {
  switch (done.kind) {
    case 'crash':
      return `crash(${done.member}, ${text(done.mode)})`;
    case 'restart':
    case 'pause':
    case 'resume':
    case 'stop':
      return `${done.kind}(${done.member})`;
    case 'failpoint':
      return `failpoint(${done.member}, ${text(done.site)}, ${done.skip})`;
    case 'disarm':
      return `disarmFailpoints([${done.member}])`;
    case 'admin':
      return `ask(${text(done.request)}, ${done.member}, ${done.via})`;
    case 'slowClient':
      return `slowClient(${done.client}, ${done.takeEveryMs === 0 ? 'false' : `{ takeEveryMs: ${done.takeEveryMs} }`})`;
    case 'call':
      return `call(${done.client}, ${json(done.request)})`;
    case 'note':
      return `note(${text(done.text)})`;
    case 'goal':
      return `reached(${text(done.goal)})`;
    default:
      return null;
  }
}

function networkLine(done: Intervention): string | null {
  switch (done.kind) {
    case 'cut':
    case 'hold': {
      const only = done.only === undefined ? '' : `, ${json(done.only)}`;
      return `${done.kind === 'cut' ? 'cutOneWay' : 'hold'}(${list(done.from)}, ${list(done.to)}${only})`;
    }
    case 'letThrough': {
      const { how, only, first } = done;
      return `letThrough(${list(done.from)}, ${list(done.to)}, ${json({ how, only, first })})`;
    }
    case 'repeat':
      return `repeat(${list(done.from)}, ${list(done.to)}, ${text(done.type)}, ${done.last})`;
    case 'mend':
      return `release(${list(done.from)}, ${list(done.to)})`;
    case 'heal':
      return 'heal()';
    case 'links': {
      const { kind: _, atNs: __, delayMinNs, delayMeanNs, ...chances } = done;
      const delays = { delayMinMs: delayMinNs / 1e6, delayMeanMs: delayMeanNs / 1e6 };
      return `links(${json({ ...chances, ...delays })})`;
    }
    case 'link': {
      const { delayMinNs, delayMeanNs, ...rest } = done.settings;
      const change = {
        ...rest,
        ...(delayMinNs === undefined ? {} : { delayMinMs: delayMinNs / 1e6 }),
        ...(delayMeanNs === undefined ? {} : { delayMeanMs: delayMeanNs / 1e6 }),
      };
      return `link(${list(done.from)}, ${list(done.to)}, ${json(change)})`;
    }
    case 'clog':
      return `clog(${list(done.from)}, ${list(done.to)}, ${ms(done.forNs)})`;
    default:
      return null;
  }
}

function machineLine(done: Intervention): string | null {
  switch (done.kind) {
    case 'disk': {
      const change = `{ syncMinMs: ${ms(done.syncMinNs)}, syncMeanMs: ${ms(done.syncMeanNs)} }`;
      return done.lyingSync ? null : `slowDisk(${done.member}, ${change})`;
    }
    case 'diskFaults':
      return `diskFaults(${done.member}, ${json(done.faults)})`;
    case 'diskStall':
      return `stallDisk(${done.member})`;
    case 'diskRelease':
      return `releaseDisk(${done.member})`;
    case 'diskSwap':
      return `swapDisks(${done.members.join(', ')})`;
    case 'diskWipe':
      return `wipeDisk(${done.member})`;
    case 'atlas':
      return done.mode === 'unrestricted' ? 'unrestricted()' : null;
    case 'clockDrift':
      return `clockDrift(${done.member}, ${done.ppm})`;
    case 'clockStep':
      return `clockStep(${done.member}, ${ms(done.byNs)})`;
    case 'clockFreeze':
      return `freezeClock(${done.member})`;
    case 'clockThaw':
      return `thawClock(${done.member})`;
    default:
      return null;
  }
}
