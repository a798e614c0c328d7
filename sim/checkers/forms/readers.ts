import { type Registration, type Sighting, checkRegistrations } from '../recipes/registrations.ts';
import {
  type Balance,
  type CommittedTransaction,
  checkBalances,
  checkTransactions,
} from '../recipes/transactions.ts';
import { type View, checkFollowers } from '../recipes/followers.ts';
import { type RecipeForm, foundIn, integers, judged, maybeNs, ofType, onlyTypes, texts } from './form.ts';

export const stmForm: RecipeForm = {
  recipe: 'stm',
  name: 'software transactional memory',
  guarantee:
    'Between what a transaction read and its commit nobody changed it; transfers keep the sum, and nothing is overdrawn.',
  head: ['sum'],
  read: (head, lines) => {
    const sum = maybeNs(head, 'sum');
    onlyTypes(lines, sum === null ? ['commit'] : ['commit', 'balance']);
    const commits = ofType(lines, 'commit', (fields): CommittedTransaction => {
      fields.refuseOthers(['type', 'revision', 'reads', 'writes']);
      const reads = fields.children('reads').map((read) => {
        read.refuseOthers(['key', 'modRevision']);
        return { key: read.text('key'), modRevision: read.integer('modRevision') };
      });
      return { revision: fields.integer('revision'), reads, writes: texts(fields, 'writes') };
    });
    const balances = ofType(lines, 'balance', (fields): Balance => {
      fields.refuseOthers(['type', 'revision', 'amounts']);
      return { revision: fields.integer('revision'), amounts: integers(fields, 'amounts') };
    });
    return {
      operations: lines.length,
      judge: () =>
        judged([
          ...foundIn(checkTransactions(commits.items), commits),
          ...(sum === null ? [] : foundIn(checkBalances(balances.items, sum), balances)),
        ]),
    };
  },
};

export const discoveryForm: RecipeForm = {
  recipe: 'discovery',
  name: 'discovery',
  guarantee:
    'Nobody is taken off the list before its time to live has passed, and who crashed is off it soon after.',
  head: ['calm', 'slack'],
  read: (head, lines) => {
    const limits = { calmNs: maybeNs(head, 'calm'), slackNs: maybeNs(head, 'slack') ?? 0 };
    onlyTypes(lines, ['registration', 'sighting']);
    const registrations = ofType(lines, 'registration', (fields): Registration => {
      fields.refuseOthers(['type', 'instance', 'ttl', 'renewed', 'crashed', 'left']);
      return {
        instance: fields.text('instance'),
        ttlNs: fields.integer('ttl'),
        renewedNs: fields.integer('renewed'),
        crashedNs: maybeNs(fields, 'crashed'),
        leftNs: maybeNs(fields, 'left'),
      };
    });
    const sightings = ofType(lines, 'sighting', (fields): Sighting => {
      fields.refuseOthers(['type', 'watcher', 'instance', 'listed', 'at']);
      return {
        watcher: fields.text('watcher'),
        instance: fields.text('instance'),
        listed: fields.flag('listed'),
        ns: fields.integer('at'),
      };
    });
    return {
      operations: lines.length,
      judge: () =>
        judged(foundIn(checkRegistrations(registrations.items, sightings.items, limits), sightings)),
    };
  },
};

export const followersForm: RecipeForm = {
  recipe: 'followers',
  name: 'followers of a prefix',
  guarantee:
    'No follower goes back, followers of one revision have one content, and all end with the last (mirrors, configurations).',
  head: ['last', 'followers'],
  read: (head, lines) => {
    const isEnded = head.has('last');
    const last = isEnded ? { content: head.text('last'), followers: texts(head, 'followers') } : null;
    onlyTypes(lines, ['view']);
    const views = ofType(lines, 'view', (fields): View => {
      fields.refuseOthers(['type', 'follower', 'revision', 'content']);
      return {
        follower: fields.text('follower'),
        revision: fields.integer('revision'),
        content: fields.text('content'),
      };
    });
    return {
      operations: lines.length,
      judge: () => judged(foundIn(checkFollowers(views.items, last), views)),
    };
  },
};
