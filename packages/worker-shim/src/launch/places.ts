// Who holds which place. A worker takes the lowest free one as it starts; when it has ended, the next worker gets it. The
// table is shared by all threads of a process, because workers start workers.
//
// A word a place: 0 free, else `ticket << 32 | thread`. The ticket is drawn anew at each claim, so a word never comes
// back and one compare-and-swap decides every change. The thread, an OS thread id, is the worker's own once it runs, before
// that minus its creator's: when that thread is gone, so is the holder, whom nobody may have seen end (workers die
// with the worker that started them, without an 'exit').
//
// Racing claims may each take the next place instead of the lowest one: harmless.

/** More workers than that in a process are not placed. */
export const MOST_PLACES = 1024;

const FREE = 0n;
const THREAD_BITS = 32n;
/** The word behind the places counts the tickets. */
const TICKETS = MOST_PLACES;

export interface Claim {
  readonly place: number;
  readonly ticket: bigint;
}

/** Whether this process still has the thread. */
export type Lives = (thread: number) => boolean;

function pack(ticket: bigint, thread: number): bigint {
  return (ticket << THREAD_BITS) | BigInt.asUintN(32, BigInt(thread));
}

function ticketOf(word: bigint): bigint {
  return word >> THREAD_BITS;
}

/** The thread whose life is the holder's. */
function threadOf(word: bigint): number {
  return Math.abs(Number(BigInt.asIntN(32, word)));
}

export class Places {
  /** To be handed to the process's other threads, which make their own `Places` over it. */
  readonly memory: SharedArrayBuffer;
  readonly #words: BigInt64Array;
  readonly #lives: Lives;

  constructor(lives: Lives, memory = new SharedArrayBuffer((MOST_PLACES + 1) * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#words = new BigInt64Array(memory);
    this.#lives = lives;
  }

  /** Takes the lowest free place for a worker that the thread `creator` is about to start; undefined if all are held. */
  claim(creator: number): Claim | undefined {
    // 31 bits: the packed word stays positive. After two thousand million workers a ticket comes back, long after its first holder.
    const ticket = (Atomics.add(this.#words, TICKETS, 1n) + 1n) & 0x7fffffffn;
    const mine = pack(ticket, -creator);
    for (let place = 0; place < MOST_PLACES; place++) {
      const word = Atomics.load(this.#words, place);
      if (word !== FREE && this.#lives(threadOf(word))) continue;
      if (Atomics.compareExchange(this.#words, place, word, mine) === word) return { place, ticket };
    }
    return undefined;
  }

  /** Says that the holder runs as `thread`. Called by the worker itself. */
  settle({ place, ticket }: Claim, thread: number): void {
    const word = Atomics.load(this.#words, place);
    if (word !== FREE && ticketOf(word) === ticket) {
      Atomics.compareExchange(this.#words, place, word, pack(ticket, thread));
    }
  }

  /** Gives the place back, if the claim still holds it. */
  release({ place, ticket }: Claim): void {
    // Twice at most: between the load and the exchange the worker may have settled, which it does once.
    for (let word = Atomics.load(this.#words, place); word !== FREE && ticketOf(word) === ticket; ) {
      if (Atomics.compareExchange(this.#words, place, word, FREE) === word) return;
      word = Atomics.load(this.#words, place);
    }
  }
}
