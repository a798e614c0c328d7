import { expect, it } from 'vitest';
import { MessageType, messageTypeName } from '../../core/raft/index.ts';
import { operationKindNames, roleNames } from '../../sim/trace/kinds.ts';
import { messageTypeNames } from '../../sim/trace/message_types.ts';

it("a trace's message types are raft's", () => {
  const numbers = Object.values(MessageType);
  expect(messageTypeNames.length).toBe(numbers.length);
  for (const number of numbers) expect(messageTypeNames[number]).toBe(messageTypeName(number));
});

it('names in traces are append-only: their numbers are part of the format', () => {
  expect(roleNames.slice(0, 5)).toEqual(['follower', 'preCandidate', 'candidate', 'leader', 'learner']);
  expect(operationKindNames.slice(0, 5)).toEqual(['put', 'get', 'delete', 'compareAndSwap', 'other']);
});
