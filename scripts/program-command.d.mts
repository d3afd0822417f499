export const programCommand: readonly [string, ...string[]];
