import { clientCallWords } from '../../sim/trace/client_call.ts';
import type { InterventionAction } from '../../sim/trace/run_info.ts';
import type { FlagWords } from './flag_words.ts';

type AskedAction = Extract<InterventionAction, { kind: 'call' }>;

/** What clients are asked for by hand: "c1: put a = 1; c2: get a at n3". */
export function askedWords(actions: readonly AskedAction[]): FlagWords {
  const long = actions.map(
    ({ client, request }) => `c${client}: ${clientCallWords(request, (member) => `n${member}`)}`,
  );
  const short = actions.map(({ client, request }) => `c${client} ${shortNames[request.kind]}`);
  return { long: long.join('; '), short: short.join('; ') };
}

const shortNames: Readonly<Record<AskedAction['request']['kind'], string>> = {
  put: 'put',
  get: 'get',
  range: 'get',
  delete: 'delete',
  grant: 'lease',
  stopKeeping: 'keep no more',
  revoke: 'revoke',
  watch: 'watch',
};
