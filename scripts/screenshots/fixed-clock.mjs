// Loaded before a program: its clock stands still, so that what it prints is the same on every run.
const now = Number(process.env.FIXED_CLOCK);

Date.now = () => now;
globalThis.Date = new Proxy(Date, {
  construct: (clock, given, made) =>
    Reflect.construct(clock, given.length === 0 ? [now] : given, made),
});
