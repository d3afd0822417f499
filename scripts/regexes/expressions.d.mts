/** Each regular expression of src/ that repeats something without end; `longest` is the longest text that it is given. */
export const expressions: readonly {
  readonly pattern: string;
  readonly flags: string;
  readonly place: string;
  readonly longest: number;
}[];
