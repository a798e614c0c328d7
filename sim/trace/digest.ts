/**
 * The rolling digest: 64 bits in two 32-bit lanes, folded event by event with Murmur3's mixing steps. Not cryptographic; it
 * tells two runs apart, and its prefix property lets two traces be compared by binary search.
 */
export class Digest {
  private a = 0x9747b28c | 0;
  private b = 0x2c1b3c6d | 0;

  fold(word: number): void {
    let a = this.a ^ Math.imul(word, 0xcc9e2d51 | 0);
    a = (a << 13) | (a >>> 19);
    this.a = (Math.imul(a, 5) + 0xe6546b64) | 0;
    let b = this.b ^ Math.imul(word, 0x1b873593);
    b = (b << 17) | (b >>> 15);
    this.b = (Math.imul(b, 9) + 0x52dce729) | 0;
  }

  /** Folds an integer within 2^53 either way. */
  foldInteger(value: number): void {
    this.fold(value | 0);
    if (value > 0x7fffffff || value < -0x80000000) this.fold(Math.floor(value / 0x100000000) | 0);
  }

  foldText(text: string): void {
    this.fold(text.length);
    for (let i = 0; i < text.length; i++) this.fold(text.charCodeAt(i));
  }

  get high(): number {
    return finalMix(this.a ^ Math.imul(this.b, 0x85ebca6b | 0)) >>> 0;
  }

  get low(): number {
    return finalMix(this.b ^ Math.imul(this.a, 0xc2b2ae35 | 0)) >>> 0;
  }

  get text(): string {
    return hex32(this.high) + hex32(this.low);
  }

  save(): readonly [number, number] {
    return [this.a, this.b];
  }

  restore(a: number, b: number): void {
    this.a = a;
    this.b = b;
  }
}

function finalMix(word: number): number {
  let value = word;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b | 0);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35 | 0);
  return value ^ (value >>> 16);
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}
