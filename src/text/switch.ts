/** Whether a variable's switch is on: any value except empty, `0` and `false`. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
