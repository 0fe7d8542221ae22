// Steps of an attempt on their way to the server.
import { type Kept, type Step, type Waiting, type Word, OVER, acknowledge, now, post, put, remove, waiting } from './outbox';

/** `crypto.randomUUID` wants HTTPS; a demonstration in a local network has none. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const fixed = bytes.map((byte, n) => (n === 6 ? (byte & 15) | 64 : n === 8 ? (byte & 63) | 128 : byte));
  const hex = [...fixed].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * One queue, one request under way, kept on the device. A step that has been sent once is sent again under its own key until the
 * server answers: only then is it certain that it will not come after a newer one. Steps not sent yet give way to newer ones of their seat.
 */
export class Queue {
  private steps: Waiting[] = [];
  private sent?: Waiting;
  private busy = false;
  private tries = 0;
  private timer = 0;
  private n = 0;
  /** What waited since an earlier page. */
  readonly loaded: Promise<Waiting[]>;
  /** The device has all that was pushed. */
  private onDevice: Promise<unknown>;

  constructor(
    private attempt: string,
    private word: () => Word | undefined,
    private kept: (step: Step, kept: Kept) => void,
    private failed: (why: number, steps: Step[]) => void,
  ) {
    addEventListener('online', () => this.send());
    this.onDevice = this.loaded = this.load();
  }

  get isEmpty() {
    return this.steps.length === 0;
  }

  private async load(): Promise<Waiting[]> {
    const known = new Set(this.steps.map((step) => step.key));
    const before = (await waiting(this.attempt)).filter((step) => !known.has(step.key));
    this.n = Math.max(this.n, ...before.map((step) => step.n + 1));
    this.steps = [...before, ...this.steps];
    if (before.length > 0) this.send();
    return before;
  }

  push(step: Step) {
    const replaced = this.steps.filter(
      (other) => other !== this.sent && other.seat === step.seat && (other.answer === undefined) === (step.answer === undefined),
    );
    const waits: Waiting = { ...step, attempt: this.attempt, n: 0, made: now() };
    this.time(waits);
    this.steps = [...this.steps.filter((other) => !replaced.includes(other)), waits];
    // After all that an earlier page has left.
    this.onDevice = this.onDevice.then(() => {
      waits.n = this.n++;
      this.time(waits);
      return put(waits, replaced);
    });
    this.send();
  }

  /** Sends what waits, now. */
  send() {
    if (!this.busy) void this.sendAll();
  }

  /** Whether the device really has all that waits: then a page may be left although the server has not. */
  async isOnDevice() {
    await this.onDevice;
    const there = new Set((await waiting(this.attempt)).map(({ key }) => key));
    return this.steps.every(({ key }) => there.has(key));
  }

  /** A step made before the page knew any word of the server is timed by the first that it hears. */
  private time(step: Waiting) {
    const word = this.word();
    if (!step.token && word) Object.assign(step, { token: word.token, since: word.since });
  }

  private async sendAll() {
    clearTimeout(this.timer);
    this.busy = true;
    for (let step; (step = this.steps[0]); ) {
      this.sent = step;
      this.time(step);
      const answer = await post(step);
      // Before anybody hears where it lies, and before it is taken out again.
      await this.onDevice;
      if (typeof answer === 'number' && answer !== OVER) {
        this.timer = setTimeout(() => this.send(), Math.min(15_000, 1000 * 2 ** this.tries++));
        this.failed(answer, this.steps);
        break;
      }
      this.tries = 0;
      // Not simply the first: what an earlier page has left may have come before it meanwhile.
      this.steps = this.steps.filter((other) => other !== step);
      // Before anybody hears that it is kept: a page that is loaded now must not show it as waiting.
      if (typeof answer === 'number') {
        await remove(step.key);
        this.failed(answer, this.steps);
      } else {
        await acknowledge(step, answer);
        this.kept(step, answer);
      }
    }
    this.busy = false;
  }
}
