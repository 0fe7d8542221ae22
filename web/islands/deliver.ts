// Pages that a learner comes back to: what still waits on this device is handed over; of an attempt that is over, its questions leave it.
import { flush, forget } from './outbox';

const ended = document.querySelector<HTMLElement>('[data-ended]')?.dataset.ended;
void flush().then(() => ended && forget(ended));
if (ended) void globalThis.caches?.delete(`kafedra-attempt-${ended}`);
