import { type Closure, type Crossing, type Passage, checkBarrier, checkGate } from '../recipes/barrier.ts';
import { type RecipeForm, foundIn, judged, maybeNs, ofType, onlyTypes, span } from './form.ts';

export const barrierForm: RecipeForm = {
  recipe: 'barrier',
  name: 'barrier',
  guarantee:
    'Nobody passes a round before so many different participants have come, and nobody a gate that is closed.',
  head: ['count'],
  read: (head, lines) => {
    const count = head.integer('count');
    if (count < 1) head.fail('count', 'at least 1');
    onlyTypes(lines, ['pass', 'close', 'cross']);
    const passages = ofType(lines, 'pass', (fields): Passage => {
      fields.refuseOthers(['type', 'round', 'participant', 'call', 'return']);
      return { round: fields.text('round'), participant: fields.text('participant'), ...span(fields) };
    });
    const closures = ofType(lines, 'close', (fields): Closure => {
      fields.refuseOthers(['type', 'gate', 'call', 'return', 'released']);
      return { gate: fields.text('gate'), ...span(fields), releasedNs: maybeNs(fields, 'released') };
    });
    const crossings = ofType(lines, 'cross', (fields): Crossing => {
      fields.refuseOthers(['type', 'gate', 'participant', 'call', 'return']);
      return { gate: fields.text('gate'), participant: fields.text('participant'), ...span(fields) };
    });
    return {
      operations: lines.length,
      judge: () =>
        judged([
          ...foundIn(checkBarrier(passages.items, count), passages),
          ...foundIn(checkGate(closures.items, crossings.items), crossings),
        ]),
    };
  },
};
