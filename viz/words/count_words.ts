/** A whole number with its thousands set apart: "1,234,567". A browser's own way loads its tables of languages first, which takes a frame. */
export function countWords(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
