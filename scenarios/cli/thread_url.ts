/** The worker of a folder beside this file. From the sources, which Node can't run in a thread, the compiled one is taken. */
export function threadUrl(folder: 'swarm' | 'shrink'): URL {
  const compiled = import.meta.url.endsWith('.js');
  const base = compiled ? '.' : '../../dist/scenarios/cli';
  return new URL(`${base}/${folder}/worker.js`, import.meta.url);
}
