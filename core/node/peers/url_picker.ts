/** The addresses of a member: one is used until it fails. */
export class UrlPicker {
  private urls: readonly string[];
  private at = 0;

  constructor(urls: readonly string[]) {
    this.urls = urls;
  }

  update(urls: readonly string[]): void {
    if (urls.join() === this.urls.join()) return;
    this.urls = urls;
    this.at = 0;
  }

  /** Null: it has none. */
  pick(): string | null {
    return this.urls[this.at % this.urls.length] ?? null;
  }

  /** The address could not be reached: the next one's turn, if it is still this one's. */
  failed(url: string): void {
    if (this.pick() === url) this.at = (this.at + 1) % this.urls.length;
  }
}
