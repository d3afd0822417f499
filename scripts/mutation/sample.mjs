import { createHash } from 'node:crypto';

/** The part of the mutants that are tried, chosen evenly by what they are, so that the same ones are tried again. */
const part = Number(process.env.MUTATION_SAMPLE ?? 1);

/**
 * @typedef {object} Mutant
 * @property {string} id
 * @property {string} fileName
 * @property {object} location
 * @property {string} mutatorName
 * @property {string} replacement
 */

/** @param {Mutant} mutant */
const isChosen = ({ fileName, location, mutatorName, replacement }) => {
  const file = fileName.replace(/^.*\/src\//, '');
  const hash = createHash('sha256')
    .update(JSON.stringify([file, location, mutatorName, replacement]))
    .digest();
  return hash.readUInt32BE() < part * 2 ** 32;
};

/**
 * To Stryker, what is not chosen does not compile, and so does not count.
 * @param {readonly Mutant[]} mutants
 */
const check = async (mutants) =>
  Object.fromEntries(
    mutants.map((mutant) => [
      mutant.id,
      isChosen(mutant)
        ? { status: 'passed' }
        : { status: 'compileError', reason: 'not in the sample' },
    ]),
  );

export const strykerPlugins = [
  { kind: 'Checker', name: 'sample', factory: () => ({ init: async () => {}, check }) },
];
