import type { Operation } from './operation.ts';

/** A store of texts that can be appended to, as in MIT's key-value labs. An absent key holds the empty text. */
export interface TextInput {
  readonly kind: 'get' | 'put' | 'append';
  readonly key: string;
  /** Empty for a get. */
  readonly value: string;
}

/** What a get answered; null for the others. */
export type TextOutput = string | null;

export type TextOperation = Operation<TextInput, TextOutput>;
