/** "1 h 20 min", "3 min 20 s", "12 s". */
export function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  if (days > 0) return `${days.toLocaleString('en-US')} d ${hours} h`;
  return `${hours} h ${Math.floor(seconds / 60) % 60} min`;
}
