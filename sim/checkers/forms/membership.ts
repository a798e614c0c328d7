import type { Fields } from '../history/fields.ts';
import type { Outcome } from '../history/operation.ts';
import { checkMembership, membershipGuarantee } from '../membership/index.ts';
import {
  type MemberView,
  type MembershipOperation,
  type MembershipRequest,
  type MembershipResponse,
  membershipKinds,
} from '../membership/operation.ts';
import { type RecipeForm, judgedBySearch, ofType, onlyTypes, texts } from './form.ts';
import { statusOf, timesOf } from './operations.ts';

const errorNames = ['notFound', 'notLearner', 'exists'] as const;
const requestFields = ['id', 'learner', 'peerUrls', 'stale'];
const fieldsKnown = [
  'type',
  'client',
  'call',
  'return',
  'status',
  ...requestFields,
  'error',
  'members',
  'newId',
];

export const membershipForm: RecipeForm = {
  recipe: 'membership',
  ...membershipGuarantee,
  head: ['members'],
  read: (head, lines) => {
    const first = head.children('members').map(memberView);
    onlyTypes(lines, [...membershipKinds, 'end']);
    const operations = lines
      .filter((fields) => fields.text('type') !== 'end')
      .map((fields, at) => operation(fields, at + 1));
    const last = ofType(lines, 'end', (fields) => {
      fields.refuseOthers(['type', 'member', 'members']);
      return { member: fields.text('member'), members: fields.children('members').map(memberView) };
    }).items;
    return {
      operations: lines.length,
      judge: (stepsMax) => judgedBySearch(checkMembership({ first, operations, last }, { stepsMax })),
    };
  },
};

function memberView(fields: Fields): MemberView {
  fields.refuseOthers(['id', 'learner', 'peerUrls']);
  const learner = fields.has('learner') && fields.flag('learner');
  return { id: fields.text('id'), learner, ...peerUrls(fields) };
}

function peerUrls(fields: Fields): { readonly peerUrls?: readonly string[] } {
  return fields.has('peerUrls') ? { peerUrls: texts(fields, 'peerUrls') } : {};
}

function operation(fields: Fields, id: number): MembershipOperation {
  fields.refuseOthers(fieldsKnown);
  const kind = fields.oneOf('type', membershipKinds);
  const needsId = kind === 'remove' || kind === 'promote' || kind === 'update';
  const input: MembershipRequest = {
    kind,
    ...(needsId ? { id: fields.text('id') } : {}),
    ...fields.maybeFlag('learner'),
    ...fields.maybeFlag('stale'),
    ...peerUrls(fields),
  };
  return { id, ...timesOf(fields, id), input, outcome: outcomeOf(fields) };
}

function outcomeOf(fields: Fields): Outcome<MembershipResponse> {
  const status = statusOf(fields);
  if (status !== 'ok') return { status };
  if (fields.has('error')) return { status, output: { error: fields.oneOf('error', errorNames) } };
  const members = fields.has('members') ? fields.children('members').map(memberView) : null;
  return {
    status,
    output: { error: null, members, ...(fields.has('newId') ? { id: fields.text('newId') } : {}) },
  };
}
