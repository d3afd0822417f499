import {
  type AssumptionName,
  type Assumptions,
  assumptions,
  usualAssumptions,
} from '../../src/emulator/assumptions.ts';

export type Assumption = readonly [name: AssumptionName, value: string];

/** Every value of every assumption. */
export const everyAssumption: readonly Assumption[] = Object.entries(assumptions).flatMap(
  ([name, { values }]) => values.map((value) => [name as AssumptionName, value] as const),
);

/** The usual ones but for one. */
export function alone([name, value]: Assumption): Assumptions {
  return { ...usualAssumptions, [name]: value };
}

/** `name=value` of those that are not the usual ones. */
export function describeUnusual(chosen: Assumptions): string {
  const unusual = entriesOf(chosen).filter(([name, value]) => usualAssumptions[name] !== value);
  return unusual.map((assumption) => assumption.join('=')).join(' ') || 'the usual ones';
}

export function entriesOf(chosen: Assumptions): readonly Assumption[] {
  return everyAssumption.filter(([name, value]) => chosen[name] === value);
}

/**
 * Few choices in which every two values of different assumptions meet at least once, the usual ones first. Each is
 * built greedily round a pair that has not met yet.
 */
export function everyPair(): readonly Assumptions[] {
  const waiting = new Set(pairsOf(everyAssumption));
  const choices: Assumptions[] = [];
  const meet = (choice: Assumptions): void => {
    choices.push(choice);
    for (const pair of pairsOf(entriesOf(choice))) waiting.delete(pair);
  };
  meet(usualAssumptions);
  for (const [pair] = waiting; waiting.size > 0; ) {
    const [next = pair] = waiting;
    const both = next?.split(' ') ?? [];
    meet(
      complete(
        everyAssumption.filter((assumption) => both.includes(assumption.join('='))),
        waiting,
      ),
    );
  }
  return choices;
}

/** Chooses for each other assumption the value that lets most waiting pairs meet. */
function complete(begun: readonly Assumption[], waiting: ReadonlySet<string>): Assumptions {
  const chosen: Assumption[] = [...begun];
  for (const [name, { values }] of Object.entries(assumptions)) {
    if (chosen.some(([known]) => known === name)) continue;
    const met = (value: string): number =>
      chosen.filter((other) => waiting.has(pairOf(other, [name as AssumptionName, value]))).length;
    const best = values.reduce<string>(
      (one, other) => (met(other) > met(one) ? other : one),
      values[0],
    );
    chosen.push([name as AssumptionName, best]);
  }
  return { ...usualAssumptions, ...Object.fromEntries(chosen) };
}

/** Two values as one text, in an order that does not depend on theirs. */
function pairOf(...two: readonly [Assumption, Assumption]): string {
  return two
    .map((assumption) => assumption.join('='))
    .sort()
    .join(' ');
}

export function pairsOf(given: readonly Assumption[]): readonly string[] {
  return given.flatMap((one, index) =>
    given.slice(index + 1).flatMap((other) => (one[0] === other[0] ? [] : [pairOf(one, other)])),
  );
}
