import type { Command } from '../command.ts';

const name = 'ctl';

async function run(args: readonly string[]): Promise<number> {
  // Loaded only now: gRPC takes longer to load than the other commands to run.
  const { runCtl } = await import('../../../core/node/ctl/run_ctl.ts');
  const { processIo } = await import('../../../core/node/ctl/process_io.ts');
  const { silenceGrpc } = await import('../../../core/node/ctl/client/channel.ts');
  if (!args.includes('--debug')) silenceGrpc();
  return runCtl(args, processIo());
}

export const ctl: Command = {
  name,
  summary: "ask and command members, detcd's or etcd's own, in etcdctl's words",
  help: 'usage: detcd ctl COMMAND [flags] [words]; `detcd ctl help` tells more',
  tellsHelp: true,
  run,
};
