/**
 * The value of an option that takes a number from 1 on. A check that runs no times would find nothing wrong.
 * @param {string} option
 * @param {string} text
 */
export function wholeNumber(option, text) {
  if (!/^[1-9]\d*$/.test(text))
    throw new Error(`--${option} takes a whole number from 1 on, not "${text}"`);
  return Number(text);
}
