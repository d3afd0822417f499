import { parse } from '@bacons/xcode/json';

/** Hex digits in a row between `<` and `>`; no project and no list of settings holds any, and the library takes 100 bytes of memory for each two. */
const longData = /<[\s\da-f]{4096}/i;

/** The value of a property list in the old style of NeXTSTEP. Throws for anything else, and for data of more than 2 kB. */
export function parseOldStyle(text: string): unknown {
  if (longData.test(text)) throw new Error('too much data');
  return parse(text);
}
