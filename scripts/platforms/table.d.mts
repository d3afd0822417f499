export function documented(): string[];
