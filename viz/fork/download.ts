/** Saves a file from the page. */
export function download(name: string, content: Uint8Array | string, type: string): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
