/** True for a bundle ID as Apple takes it: letters, digits and hyphens in parts that dots separate; else what is wrong. */
export function judgeBundleId(text: string): true | string {
  return (
    /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text) ||
    `"${text}" is not a bundle ID: it looks like com.example.app`
  );
}
