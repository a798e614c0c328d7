import { catalogue } from '../../catalogue.ts';
import { type Command, print, printJson } from '../command.ts';
import { parseFlags } from '../flags.ts';
import { styleFor, wrapped } from '../format.ts';
import { durationText } from '../report.ts';
import { UsageError, exitCodes } from '../usage_error.ts';

export const list: Command = {
  name: 'list',
  summary: 'show the catalogue of scenarios',
  help: `usage: detcd list [--json]

Shows every scenario with its story and its defaults.`,
  run(args) {
    const parsed = parseFlags('list', args, {});
    if (parsed.positionals.length > 0) {
      throw new UsageError(`detcd list: expected no arguments, got "${parsed.positionals.join(' ')}".`);
    }
    if (parsed.values['json'] === true) {
      printJson(
        catalogue.map(({ name, sentence, members, clients, durationMs, sometimes }) => {
          return {
            name,
            sentence,
            members,
            clients,
            durationMs,
            sometimes: sometimes.map(({ goal }) => goal),
          };
        }),
      );
      return exitCodes.passed;
    }
    const style = styleFor(process.stdout);
    for (const scenario of catalogue) {
      const { members, clients, durationMs } = scenario;
      const sizes = `${members} members, ${clients} clients, ${durationText(durationMs)}`;
      print(`${style(scenario.name, 'bold')}  ${style(sizes, 'dim')}`);
      print(wrapped(scenario.sentence, '  '));
    }
    return exitCodes.passed;
  },
};
