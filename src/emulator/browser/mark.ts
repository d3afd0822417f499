/** The outcome or state of something, in words, which have a color as well. */
export interface Mark {
  readonly tone: 'ok' | 'warn' | 'bad' | 'plain';
  readonly words: string;
}
