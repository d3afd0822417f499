/**
 * JavaScript text of functions `(state: Int32Array, times) => void` that replace a digest by its own hash, `times` times.
 * One call into Node's crypto costs about a microsecond, most of it not hashing; these, with every round written out,
 * take a tenth to a quarter of that, and a file may ask for some fifteen million of them.
 */
export const hashSources = { sha1: sha1Source, sha256: sha256Source } as const;

const words = Array.from({ length: 16 }, (_, index) => `w${index}`);
const at = (index: number) => `w${index & 15}`;
const rotate = (word: string, left: number) => `(${word}<<${left}|${word}>>>${32 - left})`;

/** Loads the digest and its padding (FIPS 180-4 §5.1.1) into the message block, for every one of `times` hashes. */
function loop(
  digestWords: number,
  initial: readonly number[],
  names: readonly string[],
  rounds: string,
): string {
  const load = words.map((word, index) => {
    if (index < digestWords) return `${word}=state[${index}]`;
    return `${word}=${index === digestWords ? -0x80000000 : index === 15 ? digestWords * 32 : 0}`;
  });
  const start = names.map((name, index) => `${name}=${initial[index]}`);
  const store = names.map((name, index) => `state[${index}]=${name}+${initial[index]}|0`);
  return `(state,times)=>{for(let i=0;i<times;i++){let ${[...load, ...start].join()},t=0;${rounds}${store.join(';')}}}`;
}

/** SHA-1, FIPS 180-4 §6.1.2. */
function sha1Source(): string {
  const initial = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0].map((word) => word | 0);
  const constants = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6].map((word) => word | 0);
  const names = ['a', 'b', 'c', 'd', 'e'];
  let rounds = '';
  for (let round = 0; round < 80; round++) {
    const [a = '', b = '', c = '', d = '', e = ''] = names.map(
      (_, index) => names[(index + 5 * 80 - round) % 5],
    );
    const w = at(round);
    if (round >= 16)
      rounds += `t=${at(round - 3)}^${at(round - 8)}^${at(round - 14)}^${w};${w}=${rotate('t', 1)};`;
    const phase = Math.floor(round / 20);
    const mix =
      phase === 0 ? `${d}^${b}&(${c}^${d})` : phase === 2 ? `${b}&${c}|${d}&(${b}|${c})` : `${b}^${c}^${d}`;
    rounds += `${e}=((${rotate(a, 5)}+(${mix})|0)+(${e}+${constants[phase]}|0)|0)+${w}|0;${b}=${rotate(b, 30)};`;
  }
  return loop(5, initial, names, rounds);
}

/** SHA-256, FIPS 180-4 §6.2.2; its constants are the fractions of the primes' roots (§4.2.2, §5.3.3). */
function sha256Source(): string {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  const fraction = (root: number) => ((root % 1) * 2 ** 32) | 0;
  const initial = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  let rounds = '';
  for (const [round, prime] of primes.entries()) {
    const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = ''] = names.map(
      (_, i) => names[(i + 64 - round) % 8],
    );
    const [w, w1, w14] = [at(round), at(round + 1), at(round + 14)];
    if (round >= 16) {
      const sigma0 = `(${rotate(w1, 25)}^${rotate(w1, 14)}^${w1}>>>3)`;
      const sigma1 = `(${rotate(w14, 15)}^${rotate(w14, 13)}^${w14}>>>10)`;
      rounds += `${w}=(${w}+${sigma0}|0)+(${at(round + 9)}+${sigma1}|0)|0;`;
    }
    const sum1 = `(${rotate(e, 26)}^${rotate(e, 21)}^${rotate(e, 7)})`;
    const sum0 = `(${rotate(a, 30)}^${rotate(a, 19)}^${rotate(a, 10)})`;
    rounds += `t=((${h}+${sum1}|0)+(${g}^${e}&(${f}^${g}))|0)+(${w}+${fraction(Math.cbrt(prime))}|0)|0;`;
    rounds += `${d}=${d}+t|0;${h}=(t+${sum0}|0)+(${a}&${b}|${c}&(${a}|${b}))|0;`;
  }
  return loop(8, initial, names, rounds);
}
