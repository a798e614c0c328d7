import { Kind, argument, arityOfKind, kindSchemas } from '../../sim/trace/kinds.ts';
import { typeOf } from '../model/message_groups.ts';
import { groupNames } from '../model/message_groups.ts';
import { keyIn } from '../model/operation_words.ts';
import type { RunModel } from '../model/run_model.ts';
import { lowerBound } from '../model/time_index.ts';
import { plainName } from '../words/plain_name.ts';
import { type Query, matchesAny } from './query.ts';

const messageTypesMax = 256;
const textNames = new Set(['text', 'file', 'toFile']);
/** By kind: the positions of arguments that are texts. */
const textPositions = kindSchemas.map((kind) =>
  kind.args.flatMap((name: string, position: number) => (textNames.has(name) ? [position] : [])),
);
const termPositions = kindSchemas.map((kind) => (kind.args as readonly string[]).indexOf('term'));
const requestKinds: ReadonlySet<number> = new Set([
  Kind.requestSend,
  Kind.requestDeliver,
  Kind.responseSend,
  Kind.responseDeliver,
  Kind.requestDrop,
]);
const invokeText = argument('invoke', 'text');

/** What one word, or one field, says of a kind, a message's type, a lane, a text. */
interface WordHits {
  readonly kinds: Uint8Array;
  readonly types: Uint8Array;
  readonly lanes: Uint8Array;
  readonly texts: Uint8Array;
}

/** Searches one run. What depends on the run alone is made once. */
export class Finder {
  private readonly model: RunModel;
  private blob: string | null = null;

  constructor(model: RunModel) {
    this.model = model;
  }

  /** The events that match, ascending. Lines of the log match only words. */
  find(query: Query): Int32Array {
    const { trace, messages } = this.model;
    const { kinds, lanes, timesNs, length } = trace;
    const words = query.words.map((word) => this.hitsOf(word));
    const accepts = this.fieldTest(query);
    // Room for all, of which the found ones are kept: a list that grows takes longer than the search.
    const hits = new Int32Array(length);
    let count = 0;
    for (let event = lowerBound(timesNs, query.fromNs); event < length; event++) {
      if ((timesNs[event] as number) > query.toNs) break;
      const kind = kinds[event] as number;
      let all = true;
      for (let i = 0; i < words.length && all; i++) {
        const word = words[i] as WordHits;
        all = word.kinds[kind] === 1 || word.lanes[lanes[event] as number] === 1;
        if (all) continue;
        const row = messages.rowOfEvent[event] as number;
        all =
          (row >= 0 && word.types[messages.types[row] as number] === 1) || this.inTexts(word, event, kind);
      }
      if (all && (accepts === null || accepts(event))) hits[count++] = event;
    }
    return hits.slice(0, count);
  }

  private inTexts(word: WordHits, event: number, kind: number): boolean {
    for (const position of textPositions[kind] as readonly number[])
      if (word.texts[this.model.trace.arg(event, position)] === 1) return true;
    return false;
  }

  private hitsOf(word: string): WordHits {
    const lanes = new Uint8Array(65_536);
    for (const lane of this.model.info.lanes) if (lane.name.toLowerCase().includes(word)) lanes[lane.id] = 1;
    return {
      kinds: Uint8Array.from(kindSchemas, ({ name }) => (plainName(name).includes(word) ? 1 : 0)),
      types: Uint8Array.from({ length: messageTypesMax }, (_, type) => {
        const { name, words } = typeOf(type);
        return name.toLowerCase().includes(word) || words.includes(word) ? 1 : 0;
      }),
      lanes,
      texts: this.textHits(word),
    };
  }

  /** Texts are searched as the bytes they are, so that a place in the blob is a place in the table. */
  private textHits(word: string): Uint8Array {
    const { textEnds, textBytes } = this.model.trace.columns;
    const latin = new TextDecoder('latin1');
    this.blob ??= latin.decode(textBytes).toLowerCase();
    const sought = latin.decode(new TextEncoder().encode(word)).toLowerCase();
    const hits = new Uint8Array(textEnds.length);
    let id = 0;
    for (let at = this.blob.indexOf(sought); at >= 0;) {
      while ((textEnds[id] as number) <= at) id += 1;
      const end = textEnds[id] as number;
      // A match across two texts is none.
      if (at + sought.length <= end) {
        hits[id] = 1;
        at = this.blob.indexOf(sought, end);
      } else at = this.blob.indexOf(sought, at + 1);
    }
    return hits;
  }

  /** Null where everything is accepted. */
  private fieldTest(query: Query): ((event: number) => boolean) | null {
    const { model } = this;
    const { trace, messages } = model;
    const tests: ((event: number) => boolean)[] = [];
    for (const [field, values] of query.fields) {
      if (values.length === 0) continue;
      if (field === 'node') {
        const named = new Set(
          model.info.lanes.filter(({ name }) => matchesAny(values, name.toLowerCase())).map(({ id }) => id),
        );
        tests.push((event) => named.has(trace.lanes[event] as number));
      } else if (field === 'kind') {
        const named = kindSchemas.map(
          ({ name }) => matchesAny(values, name.toLowerCase()) || matchesAny(values, plainName(name)),
        );
        tests.push((event) => named[trace.kinds[event] as number] === true);
      } else if (field === 'type') {
        const named = Array.from({ length: messageTypesMax }, (_, type) => isOfType(values, type));
        tests.push((event) => {
          const row = messages.rowOfEvent[event] as number;
          return row >= 0 && named[messages.types[row] as number] === true;
        });
      } else if (field === 'term') {
        tests.push((event) => {
          const position = termPositions[trace.kinds[event] as number] as number;
          return position >= 0 && values.includes(String(trace.arg(event, position)));
        });
      } else if (field === 'drop') {
        const wanted = values.includes('true');
        tests.push(
          (event) => (trace.kinds[event] === Kind.drop || trace.kinds[event] === Kind.requestDrop) === wanted,
        );
      } else if (field === 'event') tests.push((event) => values.includes(String(event)));
      else tests.push(this.operationTest(field, values));
    }
    const [first, second] = tests;
    if (first === undefined) return null;
    if (second === undefined) return first;
    return (event) => tests.every((test) => test(event));
  }

  /** By an operation's number, or by its key: its call, its return and the messages that carry it. */
  private operationTest(field: 'op' | 'key', values: readonly string[]): (event: number) => boolean {
    const { trace, operations } = this.model;
    const numbers = values.map((value) => Number(value.replace(/^op/, '')));
    const known = new Map<number, boolean>();
    const accepts = (id: number): boolean => {
      if (field === 'op') return numbers.includes(id);
      const before = known.get(id);
      if (before !== undefined) return before;
      const event = operations.invokeEventOf(id);
      const key = event < 0 ? null : keyIn(trace.text(event, invokeText));
      const found = key !== null && matchesAny(values, key.toLowerCase());
      known.set(id, found);
      return found;
    };
    return (event) => {
      const kind = trace.kinds[event] as number;
      if (kind === Kind.invoke || kind === Kind.return) return accepts(trace.arg(event, 0));
      return requestKinds.has(kind) && (arityOfKind[kind] as number) > 1 && accepts(trace.arg(event, 1));
    };
  }
}

function isOfType(values: readonly string[], type: number): boolean {
  const { name, words, group } = typeOf(type);
  return (
    matchesAny(values, name.toLowerCase()) ||
    matchesAny(values, words) ||
    matchesAny(values, groupNames[group] ?? '')
  );
}
