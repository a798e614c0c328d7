import type { Fields } from '../history/fields.ts';
import { plural } from '../linearizability/wording.ts';
import { type ObservedLeader, type Proclamation, checkObservers } from '../recipes/leaders.ts';
import { type Hold, type Use, checkExclusion } from '../recipes/mutual_exclusion.ts';
import { type SureHold, checkSoleOwner } from '../recipes/sole_owner.ts';
import { type RecipeForm, foundIn, judged, maybeNs, ofType, onlyTypes, span } from './form.ts';

export const lockForm: RecipeForm = {
  recipe: 'lock',
  name: 'mutual exclusion by fencing token',
  guarantee:
    'Tokens are unique and grow from owner to owner, and a lower one is refused after a higher. That two owners believe to hold a lock at one time is not excluded (etcd: the lock alone does not).',
  head: [],
  read: (_head, lines) => {
    onlyTypes(lines, ['hold', 'use', 'sure']);
    const holds = ofType(lines, 'hold', (fields) => hold(fields, 'resource'));
    const uses = ofType(lines, 'use', use);
    const sure = ofType(lines, 'sure', sureHold);
    return {
      operations: lines.length,
      judge: () => {
        const { violations, overlaps } = checkExclusion(holds.items, uses.items);
        const ofUses = violations.filter(({ rule }) => rule === 'fencing');
        const ofHolds = violations.filter(({ rule }) => rule !== 'fencing');
        const more =
          overlaps === 0 ? '' : `; ${plural(overlaps, 'pair')} of owners overlapped, which nobody excludes`;
        const found = [
          ...foundIn(ofHolds, holds),
          ...foundIn(ofUses, uses),
          ...foundIn(checkSoleOwner(sure.items), sure),
        ];
        return judged(found, more);
      },
    };
  },
};

export const electionForm: RecipeForm = {
  recipe: 'election',
  name: 'election',
  guarantee:
    'Each leader has a token of its own, larger than those of the leaders before; observers see leaders in that order, and of each only what it said, in order.',
  head: [],
  read: (_head, lines) => {
    onlyTypes(lines, ['win', 'proclaim', 'observe']);
    const wins = ofType(lines, 'win', (fields) => hold(fields, 'election'));
    const said = ofType(lines, 'proclaim', (fields): Proclamation => {
      fields.refuseOthers(['type', 'election', 'value']);
      return { election: fields.text('election'), value: fields.text('value') };
    });
    const observed = ofType(lines, 'observe', (fields): ObservedLeader => {
      fields.refuseOthers(['type', 'election', 'observer', 'token', 'modRevision', 'value']);
      return {
        election: fields.text('election'),
        observer: fields.text('observer'),
        token: fields.integer('token'),
        modRevision: fields.integer('modRevision'),
        value: fields.text('value'),
      };
    });
    return {
      operations: lines.length,
      judge: () =>
        judged([
          ...foundIn(checkExclusion(wins.items, []).violations, wins),
          ...foundIn(checkObservers(said.items, observed.items), observed),
        ]),
    };
  },
};

function hold(fields: Fields, resource: 'resource' | 'election'): Hold {
  fields.refuseOthers(['type', resource, 'owner', 'token', 'call', 'return', 'released']);
  return {
    resource: fields.text(resource),
    owner: fields.text('owner'),
    token: fields.integer('token'),
    ...span(fields),
    releasedNs: maybeNs(fields, 'released'),
  };
}

function use(fields: Fields): Use {
  fields.refuseOthers(['type', 'resource', 'token', 'at', 'accepted']);
  return {
    resource: fields.text('resource'),
    token: fields.integer('token'),
    ns: fields.integer('at'),
    accepted: fields.flag('accepted'),
  };
}

function sureHold(fields: Fields): SureHold {
  fields.refuseOthers(['type', 'resource', 'owner', 'token', 'from', 'until']);
  return {
    resource: fields.text('resource'),
    owner: fields.text('owner'),
    token: fields.integer('token'),
    fromNs: fields.integer('from'),
    untilNs: fields.integer('until'),
  };
}
