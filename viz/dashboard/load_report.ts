import { ask } from '../load/live_run.ts';
import { fetchTrace } from '../load/sources.ts';
import type { SwarmReport } from './report.ts';

/** Counts the results of files that were dropped or chosen. Throws an Error whose message is for people. */
export async function reportOfFiles(files: readonly File[]): Promise<SwarmReport> {
  return report(await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() }))));
}

/** The same of an address, or several with commas between them. */
export async function reportOfAddress(addresses: string): Promise<SwarmReport> {
  const names = addresses.split(',');
  const bytes = await Promise.all(names.map((name) => fetchTrace(name)));
  const decoder = new TextDecoder();
  return report(names.map((name, at) => ({ name, text: decoder.decode(bytes[at]) })));
}

async function report(
  files: readonly { readonly name: string; readonly text: string }[],
): Promise<SwarmReport> {
  const answer = await ask({ type: 'swarm', files }, () => undefined);
  if (answer.type === 'swarm') return answer;
  throw new Error(answer.type === 'error' ? answer.text : 'the worker could not read these results');
}
