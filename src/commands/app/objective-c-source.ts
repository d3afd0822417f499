/** An Objective-C source, searched only for words. */
export interface ObjectiveCSource {
  readonly file: string;
  /** Without comments. */
  readonly code: string;
}

/** The source of a file; findings use the name. */
export function readObjectiveC(file: string, text: string): ObjectiveCSource {
  const token = /\/\*(?:[\s\S]*?\*\/|[\s\S]*)|\/\/[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"?/g;
  return { file, code: text.replace(token, (found) => (found.startsWith('"') ? found : ' ')) };
}
