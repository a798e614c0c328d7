import type { Fields } from '../history/fields.ts';
import type { Outcome } from '../history/operation.ts';
import { checkV2, v2Guarantee } from '../v2/index.ts';
import { type V2NodeView, type V2Operation, type V2Response, v2Kinds } from '../v2/operation.ts';
import { type RecipeForm, judgedBySearch, maybeNs, onlyTypes } from './form.ts';
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

export const v2Form: RecipeForm = {
  recipe: 'v2',
  ...v2Guarantee,
  head: ['clockError'],
  read: (head, lines) => {
    const clockErrorNs = maybeNs(head, 'clockError') ?? 0;
    onlyTypes(lines, v2Kinds);
    const operations = lines.map((fields, at) => operation(fields, at + 1));
    return {
      operations: operations.length,
      judge: (stepsMax) => judgedBySearch(checkV2(operations, { stepsMax, clockErrorNs })),
    };
  },
};

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
