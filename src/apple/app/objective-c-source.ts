/** An Objective-C source, of which only the words are looked at. */
export interface ObjectiveCSource {
  readonly file: string;
  /** Without comments. */
  readonly code: string;
}

/** The source of a file; the name is what findings call it. */
export function readObjectiveC(file: string, text: string): ObjectiveCSource {
  const token = /\/\*(?:[\s\S]*?\*\/|[\s\S]*)|\/\/[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"?/g;
  return { file, code: text.replace(token, (found) => (found.startsWith('"') ? found : ' ')) };
}
