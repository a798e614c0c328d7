import { runCommandLine } from './command_line.ts';

process.exitCode = runCommandLine(process.argv.slice(2));
