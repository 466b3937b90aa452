import type { Bus, News } from './bus.js';

interface Hearer {
  readonly onNews: (news: News) => void;
  readonly onGap: () => void;
}

/** A bus on which a process listens once, for however many in it want to hear: news is received and parsed once. */
export class SharedBus implements Bus {
  readonly #bus: Bus;
  readonly #hearers: Hearer[] = [];
  #subscribed: Promise<void> | undefined;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  publish(news: News): Promise<void> {
    return this.#bus.publish(news);
  }

  async subscribe(onNews: (news: News) => void, onGap: () => void): Promise<void> {
    this.#hearers.push({ onNews, onGap });
    const isFirst = this.#subscribed === undefined;
    this.#subscribed ??= this.#bus.subscribe(
      (news) => this.#hearers.forEach((hearer) => hearer.onNews(news)),
      () => this.#hearers.forEach((hearer) => hearer.onGap()),
    );
    await this.#subscribed;
    // The first is told by the bus itself; to whoever comes later, what came before is a gap too.
    if (!isFirst) onGap();
  }
}
