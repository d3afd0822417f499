/** Whether a value that was read from a file is a mapping, and no list. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a member of a mapping, whatever its name; an object without a prototype would need none of this, but four times the room. */
export function setMember(mapping: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') mapping[name] = value;
  else Object.defineProperty(mapping, name, { value, enumerable: true, configurable: true, writable: true });
}
