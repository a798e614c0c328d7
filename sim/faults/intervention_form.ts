import { isBugId } from '../../core/bugs.ts';
import { noDiskFaults } from '../disk/host.ts';
import { driftPpmMax } from '../clock.ts';
import { clockStepNsMax, rememberedMessages } from '../limits.ts';
import { type LinkSettings, linkSettingsMin } from '../network/settings.ts';
import { crashModeNames, releaseOrders } from '../trace/kinds.ts';
import { messageTypeNames } from '../trace/message_types.ts';
import type { Intervention, InterventionAction } from '../trace/run_info.ts';
import { clientCall } from './call_form.ts';
import {
  type FieldForm,
  type Fields,
  type RunSizes,
  boolean,
  integer,
  isRecord,
  isUpTo,
  member,
  membersText,
  oneOf,
  optional,
  text,
} from './field_forms.ts';

export type { RunSizes };

/** A list of interventions that can't be applied to a run: a kind that is unknown, a field that is missing or wrong, a member that the run has not. */
export class InterventionError extends Error {
  override readonly name = 'InterventionError';
  /** Place in the list, from 0. */
  readonly index: number;

  constructor(index: number, what: string) {
    super(what);
    this.index = index;
  }
}

const endpoints: FieldForm = (value, sizes) => {
  const { machines, clients } = sizes;
  const fits = Array.isArray(value) && value.every((each) => isUpTo(each, machines + clients));
  const named = clients === 0 ? '' : `, its clients are ${machines + 1} to ${machines + clients}`;
  return fits ? null : `a list of numbers of members and clients (${membersText(sizes)}${named})`;
};

const members: FieldForm = (value, sizes) =>
  Array.isArray(value) && value.every((each) => isUpTo(each, sizes.machines))
    ? null
    : `a list of numbers of members (${membersText(sizes)})`;

const pair: FieldForm = (value, sizes) => {
  const fits =
    Array.isArray(value) && value.length === 2 && value.every((each) => isUpTo(each, sizes.machines));
  return fits ? null : `two numbers of members (${membersText(sizes)})`;
};

const bits: FieldForm = (value) =>
  Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && (each as number) >= 0)
    ? null
    : 'a list of bits, numbers from 0';

const faults: FieldForm = (value) => {
  if (!isRecord(value)) return 'an object of switches';
  const switches: Readonly<Record<string, unknown>> = { ...noDiskFaults() };
  for (const [name, setting] of Object.entries(value)) {
    const known = switches[name];
    if (known === undefined) return `switches among ${Object.keys(switches).join(', ')}`;
    if (typeof setting !== typeof known) return `${name} to be a ${typeof known}`;
  }
  return null;
};

const linkSettings: FieldForm = (value, sizes) => {
  if (!isRecord(value)) return 'an object of settings';
  for (const [name, setting] of Object.entries(value)) {
    if (!Object.hasOwn(linkSettingsMin, name))
      return `settings among ${Object.keys(linkSettingsMin).join(', ')}`;
    const low = linkSettingsMin[name as keyof LinkSettings];
    const expected = (name.endsWith('Per10k') ? per10k : integer(low))(setting, sizes);
    if (expected !== null) return `${name} to be ${expected}`;
  }
  return null;
};

const per10k = integer(0, 10_000);
const ns = integer(0);

const client: FieldForm = (value, { clients }) =>
  isUpTo(value, clients)
    ? null
    : `the number of a client (${clients === 0 ? 'the run has none' : `the run has clients 1 to ${clients}`})`;

const messageTypes: FieldForm = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((each) => isMessageType(each))
    ? null
    : `a list of message types among ${messageTypeNames.join(', ')}`;

function isMessageType(value: unknown): boolean {
  return messageTypeNames.some((name) => name === value);
}

/** Proposals and snapshots travel over TCP and arrive once. */
const repeatable: FieldForm = (value) =>
  isMessageType(value) && value !== 'MsgProp' && value !== 'MsgSnap'
    ? null
    : 'a message type that may come twice: any but MsgProp and MsgSnap';

const bug: FieldForm = (value) =>
  typeof value === 'string' && isBugId(value) ? null : 'the id of a planted bug';

/** The fields of every kind, beside `atNs` and `kind`. */
const forms: Readonly<Record<InterventionAction['kind'], Fields>> = {
  crash: { member, mode: oneOf(...crashModeNames) },
  restart: { member },
  pause: { member },
  resume: { member },
  cut: { from: endpoints, to: endpoints, only: optional(messageTypes) },
  hold: { from: endpoints, to: endpoints, only: optional(messageTypes) },
  letThrough: {
    from: endpoints,
    to: endpoints,
    how: oneOf(...releaseOrders),
    only: optional(messageTypes),
    first: optional(integer(1)),
  },
  repeat: { from: members, to: members, type: repeatable, last: integer(1, rememberedMessages) },
  mend: { from: endpoints, to: endpoints },
  heal: {},
  links: {
    lossPer10k: per10k,
    duplicatePer10k: per10k,
    reorderPer10k: per10k,
    delayMinNs: ns,
    delayMeanNs: ns,
  },
  link: { from: endpoints, to: endpoints, settings: linkSettings },
  clog: { from: endpoints, to: endpoints, forNs: ns },
  stop: { member },
  clockDrift: { member, ppm: integer(-driftPpmMax, driftPpmMax) },
  clockFreeze: { member },
  clockThaw: { member },
  clockStep: { member, byNs: integer(-clockStepNsMax, clockStepNsMax) },
  disk: { member, syncMinNs: ns, syncMeanNs: ns, lyingSync: boolean },
  diskFaults: { member, faults },
  diskStall: { member },
  diskRelease: { member },
  diskRot: { member, file: text, bits },
  diskSwap: { members: pair },
  diskWipe: { member },
  atlas: { mode: oneOf('recoverable', 'unrestricted') },
  failpoint: { member, site: text, skip: integer(0) },
  disarm: { member },
  admin: {
    via: member,
    request: oneOf('addMember', 'addLearner', 'removeMember', 'promoteMember', 'moveLeader'),
    member,
  },
  switchBug: { member, bug, on: boolean },
  slowClient: { client, takeEveryMs: integer(0) },
  call: { client, request: clientCall },
  note: { text },
  goal: { goal: text },
};

/**
 * Throws InterventionError unless every entry of a list can be applied to a run of these sizes. Whether it then does something is
 * another question: the crash of a member that is down, or what the atlas forbids, is left out of the run's record.
 */
export function checkInterventions(list: readonly unknown[], sizes: RunSizes): void {
  list.forEach((entry, index) => checkIntervention(entry, index, sizes));
}

function checkIntervention(entry: unknown, index: number, sizes: RunSizes): void {
  const fail = (what: string): never => {
    throw new InterventionError(index, `intervention ${index + 1}: ${what}`);
  };
  if (!isRecord(entry)) return fail(`expected an object with atNs and kind, got ${shown(entry)}`);
  const { kind, atNs, ...given } = entry;
  const fields = typeof kind === 'string' && Object.hasOwn(forms, kind) ? fieldsOf(kind) : null;
  if (fields === null) {
    return fail(`expected kind to be one of ${Object.keys(forms).join(', ')}, got ${shown(kind)}`);
  }
  const time = ns(atNs, sizes);
  if (time !== null) return fail(`${String(kind)}: expected atNs to be ${time}, got ${shown(atNs)}`);
  for (const [name, form] of Object.entries(fields)) {
    const expected = form(given[name], sizes);
    if (expected !== null)
      return fail(`${String(kind)}: expected ${name} to be ${expected}, got ${shown(given[name])}`);
  }
  const extra = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
  if (extra === undefined) return;
  const known = Object.keys(fields);
  return fail(
    `${String(kind)}: has no field ${extra}; its fields are ${known.length === 0 ? 'none' : known.join(', ')}`,
  );
}

function fieldsOf(kind: string): Fields {
  return forms[kind as InterventionAction['kind']];
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** A list from outside, such as JSON that a person wrote, in the order of time. Throws InterventionError. */
export function interventionsFrom(list: readonly unknown[], sizes: RunSizes): readonly Intervention[] {
  checkInterventions(list, sizes);
  // Sorting is stable: those of one time stay in the order that was given.
  return [...(list as readonly Intervention[])].sort((a, b) => a.atNs - b.atNs);
}
