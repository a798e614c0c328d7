const firstWords = '{"kind":"detcd swarm"';

/** Whether a file has a swarm's results: traces may be lines of JSON, too, so its name does not say. */
export async function isResults(file: Blob): Promise<boolean> {
  return (await file.slice(0, firstWords.length).text()) === firstWords;
}
