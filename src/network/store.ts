/** CAs that are kept in one place. */
export interface Store {
  /** The path of a file or directory; `built-in`: what the runtime has by itself; `system`: what it reads out of the operating system. */
  readonly place: 'built-in' | 'system' | { readonly path: string; readonly variable?: string };
  /** One or more certificates each. */
  readonly pem: readonly string[];
}
