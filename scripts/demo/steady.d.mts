export function steady(transcript: string, ports: readonly number[], start: number): string;
