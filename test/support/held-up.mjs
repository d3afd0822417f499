// Preloaded into the program: its machine has no time for it for two seconds after SIGINT, and a timer outlives its report.
const held = new Int32Array(new SharedArrayBuffer(4));
process.once('SIGINT', () => {
  setTimeout(() => {}, 2 ** 31 - 1);
  process.nextTick(() => Atomics.wait(held, 0, 0, 2000));
});
