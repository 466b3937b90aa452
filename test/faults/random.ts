/** Numbers that look like chance and are the same for the same seed. */
export class Random {
  #state: number;

  /** `seed`: a whole number of 32 bits. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to 2³² - 1. (Mulberry32, by Tommy Ettinger, public domain.) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + (this.next() % (most - least + 1));
  }

  /** True so often, of 1. */
  chance(of: number): boolean {
    return this.next() < of * 2 ** 32;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.next() % items.length];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  shuffle<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, at: this.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }

  /** Another sequence, which draws from this one no more. */
  fork(): Random {
    return new Random(this.next());
  }
}
