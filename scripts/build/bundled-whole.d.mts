export declare function checkBundled(
  output: readonly {
    readonly type: string;
    readonly fileName: string;
    readonly imports: readonly string[];
    readonly dynamicImports: readonly string[];
    readonly code: string;
  }[],
  names: readonly string[],
): void;
