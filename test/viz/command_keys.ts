import { commands } from '../../viz/input/commands.ts';

/** The page's commands without what they do, for tests outside a browser. */
export const commandKeys: readonly {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly words: string;
}[] = commands.map(({ keys, shown, words }) => ({ keys, shown, words }));
