/** "preCandidate" becomes "pre-candidate", "syncDone" "sync done". */
export function plainName(name: string): string {
  if (name === 'preCandidate') return 'pre-candidate';
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
