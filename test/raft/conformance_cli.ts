/** `npm run conformance -- DIR...`: plays every transcript below the folders and says which ones differ. */
import { existsSync } from 'node:fs';
import { exit, argv, stdout, stderr } from 'node:process';
import { filesBelow, playFile } from './conformance.ts';

function main(folders: readonly string[]): number {
  const missing = folders.filter((folder) => !existsSync(folder));
  if (folders.length === 0 || missing.length > 0) {
    for (const folder of missing) stderr.write(`no such file or folder: ${folder}\n`);
    stderr.write(
      'usage: npm run conformance -- DIR...   (folders of raft transcripts, searched recursively)\n',
    );
    return 2;
  }
  let passed = 0;
  let cases = 0;
  const failures: string[] = [];
  for (const path of folders.flatMap(filesBelow)) {
    const { result } = playFile(path);
    if (result === null) {
      failures.push(`${path}\n  no transcript of a known kind (interaction, quorum, confchange)`);
    } else if (result.difference !== null) {
      failures.push(`${path}\n  ${result.difference.replaceAll('\n', '\n  ')}`);
    } else {
      passed++;
      cases += result.cases;
    }
  }
  for (const failure of failures) stdout.write(`FAILED ${failure}\n`);
  stdout.write(`${passed} passed (${cases} cases), ${failures.length} failed\n`);
  if (passed + failures.length === 0) stderr.write('no transcripts found\n');
  return failures.length > 0 || passed === 0 ? 1 : 0;
}

exit(main(argv.slice(2)));
