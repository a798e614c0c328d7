import type { Fields } from '../history/fields.ts';
import { type PriorityOperation, checkPriorities } from '../recipes/priority_queue.ts';
import { checkQueue, withoutOrder } from '../recipes/queue.ts';
import type { QueueOperation } from '../recipes/queue_operation.ts';
import { type RecipeForm, foundIn, judged, span } from './form.ts';

export const queueForm: RecipeForm = {
  recipe: 'queue',
  name: 'queue',
  guarantee:
    'What is taken was put, once, and what was put first is taken first; nobody finds it empty while something is in it; a drained queue lost nothing.',
  head: ['drained'],
  read: (head, lines) => {
    const drained = head.flag('drained');
    const operations = lines.map((fields) => queueOperation(fields, []));
    return {
      operations: operations.length,
      judge: () => judged(foundIn(checkQueue(operations, drained), { items: operations, lines })),
    };
  },
};

export const priorityQueueForm: RecipeForm = {
  recipe: 'priorityQueue',
  name: 'priority queue',
  guarantee:
    'What is taken was put, once, and nothing is taken while something more urgent is waiting; of the same priority what was put first is taken first; nobody finds it empty while something is in it; a drained queue lost nothing.',
  head: ['drained'],
  read: (head, lines) => {
    const drained = head.has('drained') && head.flag('drained');
    const operations = lines.map((fields): PriorityOperation => ({
      ...queueOperation(fields, ['priority']),
      // Who found it empty took nothing of any priority.
      priority: fields.has('priority') || fields.has('value') ? fields.integer('priority') : 0,
    }));
    return {
      operations: operations.length,
      judge: () => {
        const found = [...withoutOrder(checkQueue(operations, drained)), ...checkPriorities(operations)];
        return judged(foundIn(found, { items: operations, lines }));
      },
    };
  },
};

function queueOperation(fields: Fields, more: readonly string[]): QueueOperation {
  fields.refuseOthers(['type', 'value', 'call', 'return', ...more]);
  const kind = fields.oneOf('type', ['enqueue', 'dequeue']);
  return { kind, value: fields.has('value') ? fields.text('value') : null, ...span(fields) };
}
