import { argv, exit, stderr, stdout } from 'node:process';
import { runConformance } from './conformance_main.ts';

const printer = {
  out: (line: string): unknown => stdout.write(`${line}\n`),
  error: (line: string): unknown => stderr.write(`${line}\n`),
};

exit(runConformance(argv.slice(2), printer));
