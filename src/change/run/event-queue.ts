/** Why an event was not taken: its reader has stopped. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
}

interface Waiting<Event> {
  readonly event: Event;
  readonly taken: () => void;
  readonly refused: (reason: NotTaken) => void;
}

/**
 * The events of concurrent work, in the order in which they happened, for one reader.
 * Whoever emits an event waits until the reader has dealt with it.
 */
export class EventQueue<Event> {
  readonly #waiting: Waiting<Event>[] = [];
  #wake: () => void = () => {};
  #isOver = false;

  /**
   * Resolves once the reader asks for the next event.
   * @throws {NotTaken} it never will
   */
  emit(event: Event): Promise<void> {
    if (this.#isOver) return Promise.reject(new NotTaken());
    return new Promise((taken, refused) => {
      this.#waiting.push({ event, taken, refused });
      this.#wake();
    });
  }

  /** No event follows. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** Refuses what waits, and what follows. */
  stop(): void {
    this.end();
    for (const { refused } of this.#waiting.splice(0)) refused(new NotTaken());
  }

  async *events(): AsyncGenerator<Event, void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        if (this.#isOver) return;
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
        continue;
      }
      let isTaken = false;
      try {
        yield next.event;
        isTaken = true;
      } finally {
        // A reader that throws, or leaves its loop, returns from the yield to here.
        if (isTaken) next.taken();
        else next.refused(new NotTaken());
      }
    }
  }
}
