import type { Fields } from '../history/fields.ts';
import type { Outcome } from '../history/operation.ts';
import {
  type V2NodeView,
  type V2Operation,
  type V2Response,
  type V2Watch,
  type V2WatchEvent,
  v2Actions,
  v2Kinds,
} from '../v2/operation.ts';
import {
  type V2History,
  type V2HistoryOptions,
  checkV2History,
  v2Guarantee,
  v2WatchGuarantees,
} from '../v2/index.ts';
import { type JudgedForm, type RecipeForm, judgedBySearch, maybeNs, onlyTypes, span } from './form.ts';
import { statusOf, timesOf } from './operations.ts';

const requestFields = ['key', 'value', 'dir', 'recursive', 'prevValue', 'prevIndex', 'ttl', 'stale'];
const fieldsKnown = [
  'type',
  'client',
  'call',
  'return',
  'status',
  ...requestFields,
  'error',
  'node',
  'prevNode',
];

const watchFields = [
  'type',
  'client',
  'call',
  'return',
  'key',
  'recursive',
  'stream',
  'waitIndex',
  'etcdIndex',
  'events',
  'error',
];

export const v2Form: RecipeForm = {
  recipe: 'v2',
  ...v2Guarantee,
  head: ['clockError', 'settled'],
  read: (head, lines) => {
    const clockErrorNs = maybeNs(head, 'clockError') ?? 0;
    const settled = head.has('settled') ? head.integer('settled') : 0;
    onlyTypes(lines, [...v2Kinds, 'watch']);
    const operations: V2Operation[] = [];
    const watches: V2Watch[] = [];
    for (const [at, fields] of lines.entries()) {
      if (fields.text('type') === 'watch') watches.push(watchOf(fields, at + 1));
      else operations.push(operation(fields, at + 1));
    }
    return {
      operations: operations.length,
      judge: (stepsMax) => judgedWithWatches({ operations, watches }, { stepsMax, clockErrorNs, settled }),
    };
  },
};

function judgedWithWatches(history: V2History, options: V2HistoryOptions): JudgedForm {
  const { verdict, checks, violations, store } = checkV2History(history, options);
  const ofWatches = violations.map(({ guarantee, sentence, lines, index, watch }) => ({
    check: v2WatchGuarantees[guarantee].name,
    sentence,
    lines,
    data: { guarantee, watch, index, sentence },
  }));
  const ofStore = judgedBySearch(store);
  return { verdict, violations: [...ofStore.violations, ...ofWatches], more: ofStore.more, checks };
}

function watchOf(fields: Fields, id: number): V2Watch {
  fields.refuseOthers(watchFields);
  const key = fields.text('key');
  if (!key.startsWith('/')) fields.fail('key', 'a path that begins with /');
  const { callNs, returnNs } = span(fields);
  const events = fields.has('events') ? fields.children('events').map(eventOf) : [];
  for (const [at, { atNs }] of events.entries()) {
    if (atNs < callNs)
      fields.fail('events', `at ${callNs} or later, when the watch began`, `at ${atNs} in events[${at}]`);
  }
  return {
    id,
    client: fields.has('client') ? fields.text('client') : `line ${fields.line}`,
    key,
    recursive: fields.has('recursive') && fields.flag('recursive'),
    stream: fields.has('stream') && fields.flag('stream'),
    waitIndex: fields.has('waitIndex') ? fields.integer('waitIndex') : 0,
    callNs,
    returnNs,
    etcdIndex: fields.has('etcdIndex') ? fields.integer('etcdIndex') : null,
    events,
    refused: fields.has('error') ? fields.integer('error') : null,
  };
}

function eventOf(fields: Fields): V2WatchEvent {
  fields.refuseOthers(['action', 'node', 'prevNode', 'at']);
  const shown = fields.child('node');
  const node = { ...nodeView(shown), key: shown.text('key') };
  return {
    index: shown.integer('modifiedIndex'),
    action: fields.oneOf('action', v2Actions),
    node,
    ...(fields.has('prevNode') ? { prevNode: nodeView(fields.child('prevNode')) } : {}),
    ...(fields.isNull('prevNode') ? { prevNode: null } : {}),
    atNs: fields.integer('at'),
  };
}

function operation(fields: Fields, id: number): V2Operation {
  fields.refuseOthers(fieldsKnown);
  const key = fields.text('key');
  if (!key.startsWith('/')) fields.fail('key', 'a path that begins with /');
  const input = {
    kind: fields.oneOf('type', v2Kinds),
    key,
    ...fields.maybeText('value'),
    ...fields.maybeFlag('dir'),
    ...fields.maybeFlag('recursive'),
    ...fields.maybeText('prevValue'),
    ...fields.maybeInteger('prevIndex'),
    ...fields.maybeInteger('ttl'),
    ...fields.maybeFlag('stale'),
  };
  return { id, ...timesOf(fields, id), input, outcome: outcomeOf(fields) };
}

function outcomeOf(fields: Fields): Outcome<V2Response> {
  const status = statusOf(fields);
  if (status !== 'ok') return { status };
  if (fields.has('error')) return { status, output: { error: fields.integer('error') } };
  const view = (name: string): V2NodeView | null => (fields.has(name) ? nodeView(fields.child(name)) : null);
  return { status, output: { error: null, node: view('node'), prevNode: view('prevNode') } };
}

function nodeView(fields: Fields): V2NodeView {
  fields.refuseOthers(['key', 'value', 'dir', 'createdIndex', 'modifiedIndex', 'nodes', 'ttl', 'expiration']);
  return {
    ...fields.maybeText('key'),
    ...fields.maybeText('value'),
    ...fields.maybeFlag('dir'),
    ...fields.maybeInteger('createdIndex'),
    ...fields.maybeInteger('modifiedIndex'),
    ...(fields.has('nodes') ? { nodes: fields.children('nodes').map(nodeView) } : {}),
  };
}
