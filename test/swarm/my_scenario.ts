/** Scenario files as a person outside this repository writes them. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tidy/sources.ts';

/** A folder with detcd installed in it. */
export function installIn(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'detcd'), 'dir');
}

const body = (nemesis: string): string => `
  sentence: 'A story of my own.',
  members: 3,
  clients: 2,
  durationMs: 2000,
  workload: registers({ ...mixedRegisters, keys: 2 }),
  *nemesis(story) {
    ${nemesis}
  },
  sometimes: [{ goal: 'somebody led', when: (facts) => facts.leaderTerms > 0 }],
`;

const usual =
  'yield* story.untilLeader(); yield* story.bounce(story.leader(), 200); story.note(words(story));';

/** Two files of TypeScript, of which one imports the other. */
export function writeTypeScript(folder: string, name = 'my-own', nemesis = usual): string {
  writeFileSync(
    join(folder, 'words.ts'),
    `import type { Story } from 'detcd/scenario';
export const words = (story: Story): string => \`\${story.members.length satisfies number} members\`;\n`,
  );
  const path = join(folder, `${name}.ts`);
  writeFileSync(
    path,
    `import { type Scenario, mixedRegisters, registers } from 'detcd/scenario';
import { words } from './words.ts';

const scenario: Scenario = {
  name: '${name}',${body(nemesis)}};
export default scenario;\n`,
  );
  return path;
}

export function writeJavaScript(folder: string, name = 'plain', nemesis = usual): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(
    path,
    `import { mixedRegisters, registers } from 'detcd/scenario';
const words = () => 'words';
export default {
  name: '${name}',${body(nemesis)}};\n`,
  );
  return path;
}
